import LossKit
import Testing

/// Input that can't be used: exact messages.
struct InputErrorTests {
  let scene = Scene(matches: [[0, -1, -2], [1, 0, -1]], labels: [[1], [2, 1]])

  @Test func `a label that the predictions have no column for`() throws {
    let softmax = try Term.of(
      "cls", layout: "r c", target: .class, try SoftmaxCrossEntropyLoss())
    let sigmoid = try Term.of("cls", layout: "r c", target: .class, try BCEWithLogitsLoss())
    let two = try Tensor(repeating: 0.0, shape: [6, 2])
    #expect(
      complaint { try scene.evaluate([softmax], ["cls": two]) }
        == "gt_labels image 1: label 2 is out of range for prediction \"cls\", which has classes 1 to 1"
    )
    #expect(complaint { try scene.evaluate([sigmoid], ["cls": two]) } == "no error")
    let one = try Tensor(repeating: 0.0, shape: [6, 1])
    #expect(
      complaint { try scene.evaluate([sigmoid], ["cls": one]) }
        == "gt_labels image 1: label 2 is out of range for prediction \"cls\", which has classes 1 to 1"
    )
    #expect(
      complaint {
        try scene.evaluate([softmax], ["cls": try Tensor(repeating: 0.0, shape: [6, 0])])
      }
        == "gt_labels image 0: label 1 is out of range for prediction \"cls\", which has no classes"
    )
  }

  @Test func `terms of one stage that are of different classes`() throws {
    let terms = [
      try Term.of("cls", layout: "r c", target: .class, try SoftmaxCrossEntropyLoss()),
      try .of("box", layout: "r (k c)", target: .box, try L1Loss()),
    ]
    func complaintAbout(_ columns: Int, _ slots: Int) -> String {
      complaint {
        try scene.evaluate(
          terms,
          [
            "cls": try Tensor(repeating: 0.0, shape: [6, columns]),
            "box": try Tensor(repeating: 0.0, shape: [6, 4 * slots]),
          ])
      }
    }
    #expect(complaintAbout(3, 3) == "no error")
    // Told before the labels that one of them has no room for.
    #expect(
      complaintAbout(4, 2)
        == "stage stage, term box: prediction \"box\" is of 1 classes, but \"cls\" of 3; expected as "
        + "many, beside the background")
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `a prediction that is not finite`(value: Double) throws {
    func complaintAbout(
      _ layout: String, _ shape: [Int], _ element: Int, priorsPerCell: [Int]? = nil
    ) throws -> String {
      let scene = Scene(priors: [6, 6], classes: 1, seed: 1)
      var prediction = try Tensor(repeating: 0.0, shape: shape)
      prediction.withMutableElements { $0[element] = value }
      let term = try Term.of("x", layout: layout, target: .box, try L1Loss())
      return complaint {
        try scene.evaluate(priorsPerCell: priorsPerCell, [term], ["x": prediction])
      }
    }
    #expect(
      try complaintAbout("r c", [12, 4], 30)
        == "prediction \"x\" row 7, c = 2: \(value) is not finite")
    #expect(
      try complaintAbout("n p c", [2, 6, 4], 30)
        == "prediction \"x\" image 1, p = 1, c = 2: \(value) is not finite")
    #expect(
      try complaintAbout("n (a c) h w", [2, 8, 1, 3], 29, priorsPerCell: [2])
        == "prediction \"x\" image 1, a c = 1, h = 0, w = 2: \(value) is not finite")
  }

  /// Losses of elements look at each number themselves, also where its value and derivative would be finite.
  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `a prediction that is not finite, of which the loss gets each number`(value: Double) throws {
    let matches: [Int32] = (0..<64).map { $0 % 5 == 0 ? 0 : Assignment.background }
    for (layout, shape, place) in [
      ("n c h w", [2, 3, 2, 32], "image 1, c = 1, h = 0, w = 7"),
      ("n p c", [2, 64, 3], "image 1, p = 25, c = 2"), ("r c", [128, 3], "row 89, c = 2"),
    ] {
      let scene = Scene(matches: [matches, matches], labels: [[1], [3]])
      var prediction = try Tensor(repeating: 0.5, shape: shape)
      prediction.withMutableElements { $0[192 + (layout.hasSuffix("w") ? 64 + 7 : 77)] = value }
      for loss in [try BCEWithLogitsLoss(), try SigmoidFocalLoss()] as [any Loss] {
        let term = try Term.of("x", layout: layout, target: .class, loss)
        #expect(
          complaint {
            try scene.evaluate(
              priorsPerCell: layout.hasSuffix("w") ? [1] : nil, [term], ["x": prediction])
          } == "prediction \"x\" \(place): \(value) is not finite")
      }
    }
  }

  @Test func `a missing prediction`() throws {
    let term = try Term.of("score", layout: "r", target: .objectness, try L1Loss())
    let tensor = try Tensor(repeating: 0.0, shape: [6])
    #expect(
      complaint { try scene.evaluate([term], ["b": tensor, "a": tensor]) }
        == "prediction \"score\": is missing; there is a, b")
    #expect(
      complaint { try scene.evaluate([term], [:] as [String: Tensor<Double>]) }
        == "prediction \"score\": is missing; there is none")
  }

  @Test func `a stage that can't propose`() throws {
    let term = try Term.of("x", layout: "r", target: .objectness, try L1Loss())
    let objective = try scene.objective([term])
    #expect(objective.name != "stage")
    #expect(
      complaint {
        try objective.scoredBoxes(
          ofStage: "stage", priors: [], featureMaps: [],
          predictions: [:] as [String: Tensor<Float>])
      } == "stage stage: needs a term for classes or objects and one for boxes to propose")
  }

  @Test func `ground truth that can't be`() throws {
    let term = try Term.of("x", layout: "r", target: .objectness, try L1Loss())
    let objective = try scene.objective([term])
    func complaintAbout(_ change: (inout DetectionBatch) -> Void) -> String {
      var batch = scene.batch
      change(&batch)
      return complaint { try objective.targets(ofStage: "stage", for: batch) }
    }
    #expect(
      complaintAbout { $0.images[1].size = ImageSize(height: 2, width: 0) }
        == "image_sizes row 1: height 2 and width 0; expected positive numbers")
    #expect(
      complaintAbout {
        $0.images[1].size = ImageSize(height: 20, width: 30)
        $0.images[1].paddedSize = ImageSize(height: 32, width: 29)
      }
        == "padded_sizes row 1: height 32 and width 29; expected those of the image or more, 20 and 30"
    )
    #expect(
      complaintAbout {
        $0.images[1].groundTruth = GroundTruth(
          boxes: [Box(0, 0, 1, 1), Box(3, 4, 3, 9)], labels: [1, 1])
      }
        == "gt_boxes image 1, row 1: [3.0, 4.0, 3.0, 9.0] has a side that is not positive; expected "
        + "x1 < x2 and y1 < y2")
    #expect(
      complaintAbout {
        $0.images[0].groundTruth = GroundTruth(boxes: [Box(0, .nan, 1, 1)], labels: [1])
      } == "gt_boxes image 0, row 0: [0.0, nan, 1.0, 1.0] has a coordinate that is not finite")
    #expect(
      complaintAbout {
        $0.images[0].groundTruth = GroundTruth(boxes: [Box(0, 0, 1, 1)], labels: [0])
      } == "gt_labels image 0, row 0: label 0; expected 1 or more (0 is the background)")
    #expect(
      complaintAbout {
        $0.images[0].groundTruth = GroundTruth(
          boxes: [], labels: [], ignoredRegions: [Box(0, 0, .infinity, 1)])
      }
        == "ignored gt_boxes image 0, row 0: [0.0, 0.0, inf, 1.0] has a coordinate that is not finite"
    )
    #expect(
      complaintAbout { $0.images[1].proposals = [Box(0, 0, 0, 0), Box(5, 0, 4, 1)] }
        == "proposals image 1, row 1: [5.0, 0.0, 4.0, 1.0] has a side that is negative; expected "
        + "x1 <= x2 and y1 <= y2")
  }

  @Test func `a stage that there isn't`() throws {
    let objective = try DetectionObjective(
      name: "two", stages: [try scene.stage("rpn", []), try scene.stage("rcnn", [])])
    #expect(
      complaint { try objective.targets(ofStage: "rnp", for: scene.batch) }
        == "stage rnp: doesn't exist; there is rpn, rcnn")
  }

  @Test func `scored boxes of another number of images`() throws {
    let objective = try scene.objective([])
    #expect(
      complaint {
        try objective.targets(
          ofStage: "stage", for: scene.batch,
          scoredBoxes: [try ScoredBoxes(boxes: [], scores: [], levels: [0])])
      } == "stage stage: has scored boxes for 1 of 2 images")
  }

  @Test func `a recorded draw of another number of priors`() throws {
    let objective = try scene.objective(sampler: try RecordedSampler(), [])
    var batch = scene.batch
    for (count, found) in [(5, 2), (7, 4)] {
      batch.recordedSamples["stage"] = Array(repeating: false, count: count)
      #expect(
        complaint { try objective.targets(ofStage: "stage", for: batch) }
          == "stage.sampled: has \(found) elements for image 1; expected one for each of its 3 priors"
      )
    }
  }

  @Test func `a prediction that is too large for its loss`() throws {
    let term = try Term.of("x", layout: "r", target: .objectness, try L2Loss())
    let scores = try Tensor(shape: [6], elements: [Float(0), 0, 0, 0, 0, 1e30])
    #expect(
      complaint { try scene.evaluate([term], ["x": scores]) }
        == "stage stage, term x, image 1: the loss or its gradient is not finite; the values of "
        + "prediction \"x\" are too large for it")
    let doubles = scores.map { Double($0) }
    #expect(complaint { try scene.evaluate([term], ["x": doubles]) } == "no error")
  }

  @Test(arguments: [[0, 9, 300, 300], [3, 9, 2, 2]])
  func `shapes are held against the images before priors are made`(shape: [Int]) throws {
    let term = try Term.of("x", layout: "n (a c) h w", target: .objectness, try L1Loss())
    let prediction = try Tensor(repeating: 0.0, shape: shape)
    #expect(
      complaint { try scene.evaluate(priorsPerCell: [9], [term], ["x": prediction]) }
        == "prediction \"x\": shape \(shape) doesn't fit layout \"n (a c) h w\" with a = 9, c = 1, "
        + "n = 2: axis 0 is \(shape[0]), expected 2")
  }

  @Test(arguments: [[2, 0, 300, 300], [2, 0, 1 << 30, 1 << 31]])
  func `a prediction without columns makes no priors`(shape: [Int]) throws {
    let term = try Term.of("x", layout: "n (a c) h w", target: .class, try BCEWithLogitsLoss())
    let prediction = try Tensor(repeating: 0.0, shape: shape)
    #expect(
      complaint { try scene.evaluate(priorsPerCell: [9], [term], ["x": prediction]) }
        == "prediction \"x\": shape \(shape) has no columns, so that it can't tell the size of a "
        + "feature map")
  }

  @Test func `feature maps of too many priors`() throws {
    let objective = try scene.objective(priorsPerCell: [9], [])
    let maps = [FeatureMap(height: 2048, width: 1024)]
    #expect(
      complaint { try objective.priors(ofStage: "stage", for: scene.batch, featureMaps: maps) }
        == "stage stage: feature maps of 2048 × 1024 cells with 9 priors each in 2 images; expected "
        + "33554432 priors at most, in all images together")
  }

  @Test func `a weight that is too large for the prediction`() throws {
    let scores = try Tensor(shape: [6], elements: [Float(0), 0, 0, 0, 0, 1e3])
    func complaintAbout(_ weight: Double, _ divisor: Double) -> String {
      complaint {
        let term = try Term.of(
          "x", layout: "r", target: .objectness, try L2Loss(), Normalizer(.constant(divisor)),
          weight: weight)
        return try scene.evaluate([term], ["x": scores])
      }
    }
    #expect(
      complaintAbout(1e38, 1e-3)
        == "stage stage, term x: the weight 1e+38 over the divisor 0.001 is too large for Float"
    )
    #expect(
      complaintAbout(3e38, 1)
        == "stage stage, term x, image 0: the loss or its gradient is not finite; the values of "
        + "prediction \"x\" or the weights are too large for it")
    #expect(complaintAbout(1e30, 1) == "no error")
    #expect(
      complaintAbout(.infinity, 1)
        == "stage stage, term x, weight: is inf; expected at most 3.4028235e+38 in magnitude")
  }

  @Test func `a prior without area`() throws {
    var batch = scene.batch
    batch.images[1].proposals?[0] = Box(3, 4, 3, 8)
    let predictions = ["x": try Tensor(repeating: 0.0, shape: [6, 4])]
    func complaintAbout(_ target: any Target, _ loss: any Loss) -> String {
      complaint {
        let objective = try scene.objective([
          try .of("x", layout: "r c", target: target, loss)
        ])
        let targets = try objective.targets(for: batch, predictions: predictions)
        return try objective.evaluate(predictions, against: targets)
      }
    }
    #expect(
      complaintAbout(BoxTarget.box, try L1Loss())
        == "stage stage, term x, image 1: prior 0: the box target from [3.0, 4.0, 3.0, 8.0] is not finite; "
        + "drop proposals without area")
    // What encodes no box can compare one with it.
    #expect(complaintAbout(DecodedBoxTarget.decodedBox, try GIoULoss()) == "no error")
  }

  @Test func `no layout that tells the feature maps`() throws {
    let term = try Term.of("x", layout: "n p c", target: .box, try L1Loss())
    let prediction = try Tensor(repeating: 0.0, shape: [2, 3, 4])
    #expect(
      complaint { try scene.evaluate(priorsPerCell: [1], [term], ["x": prediction]) }
        == "stage stage: lays priors on feature maps, but no term's layout has h and w to tell their "
        + "size")
  }
}
