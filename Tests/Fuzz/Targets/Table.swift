import LossKit
import PluginABI
import TestSupport

@testable import PluginLoader

extension FuzzTarget {
  /// The table of a plugin in C: any numbers, counts and texts, with pointers that lead to memory.
  static let table = Self(
    name: "table", words: ["half", "a\u{0}", "\u{1B}[2J", "type"],
    seeds: {
      // Tables with losses for dense targets, of one parameter each, and their answers.
      func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }
      func loss(_ name: String) -> [UInt8] {
        let number: [UInt8] = [1, 0, 8] + text("") + [0, 0]
        let parameter = text("a") + text("A number.") + [1, 5, 1, 80, 0, 0, 0, 1] + number + [0]
        let texts = text(name) + text("A loss.") + text("x^2") + text("A paper.")
        return texts + [1] + parameter + [2, 1, 3] + [0, 1, 1, 8, 0]
      }
      // Another part without parameters.
      func part(_ name: String, _ says: [UInt8]) -> [UInt8] {
        text(name) + text("A part.") + text("x") + text("A paper.") + [0, 0, 1, 0, 0, 0, 8, 0]
          + says
      }
      return [
        [1] + text("small") + [1] + loss("half") + [0],
        [1] + text("small") + [2] + loss("half") + loss("third") + [0],
        [2] + text("small") + [1] + loss("half") + [0, 1] + part("nearest", [15, 48])
          + [0, 1] + part("far", [6]) + [0, 1] + part("some", [64]) + [0, 1]
          + part("area", [1, 54]) + [0],
      ]
    },
    reader: { _ in
      { input in
        var bytes = ByteReader(input)
        let memory = TableMemory()
        let table = memory.table(&bytes)
        let registry = try attempt(input) { () throws(PluginError) in
          var registry = Registry()
          try registry.register(
            try PluginLibrary(table, ofLibraryAt: "plugin.so", named: "plugin.so"))
          return registry
        }
        guard let registry else { return }
        for loss in registry.losses.entries { try use(loss, input) }
        try useTogether(registry, input)
      }
    })

  /// Does with a loss what an objective does.
  private static func use(_ loss: Catalog<any Loss>.Entry, _ input: [UInt8]) throws {
    let made = try attempt(input) { () throws(ParameterErrors) in try loss.make([:]) }
    guard let made else { return }
    for classes in 1...3 { _ = made.columns(classes: classes) }
    guard let numbers = try? Tensor<Float>(shape: [2, 2], elements: [1, -2, 0.5, 3]) else { return }
    let targets: LossTargets<Float> =
      made is any ClassLoss ? .classes([0, 1]) : .dense(numbers)
    _ = try attempt(input) { () throws(InputError) in
      try made.evaluate(numbers, targets: targets, workers: Workers(1))
    }
  }
}

extension FuzzTarget {
  /// Does with assigners, samplers and row weights what a stage does.
  private static func useTogether(_ registry: Registry, _ input: [UInt8]) throws {
    let boxes = [Box(0, 0, 8, 8), Box(8, 0, 16, 8), Box(0, 8, 8, 16)]
    let groundTruth = GroundTruth(boxes: [Box(1, 1, 9, 9)], labels: [2], ignoredRegions: [boxes[2]])
    guard let priors = try? Priors(boxes, levels: [.init(count: 2, stride: 8), .init(count: 1)]),
      let coder = try? DeltaBoxCoder()
    else { return }
    var costs: [WeightedMatchCost] = []
    for entry in registry.costs.entries {
      let made = try attempt(input) { () throws(ParameterErrors) in try entry.make([:]) }
      if let made { costs.append(WeightedMatchCost(name: "cost", cost: made)) }
    }
    let predictions = StagePredictions(scores: [0, 1, 0.5, 1, 0, 1], boxes: boxes)
    let request = AssignmentRequest(
      priors: priors, groundTruth: groundTruth, imageSize: ImageSize(height: 16, width: 16),
      predictions: predictions, costs: costs, wants: [.overlaps, .quality])
    var assignment = Assignment(matches: [0, Assignment.background, Assignment.ignored])
    for entry in registry.assigners.entries {
      let made = try attempt(input) { () throws(ParameterErrors) in try entry.make([:]) }
      let found = try attempt(input) { () throws(InputError) in
        try made?.assign(request, workers: Workers(1))
      }
      if let found = found ?? nil { assignment = found }
    }
    var sample = Sample(everyPriorOf: assignment)
    for entry in registry.samplers.entries {
      let made = try attempt(input) { () throws(ParameterErrors) in try entry.make([:]) }
      let found = try attempt(input) { () throws(InputError) in
        try made?.sample(
          assignment,
          SampleRequest(
            stage: "rpn", recorded: [true, false, true], rowLosses: [1, 2, 0]))
      }
      if let found = found ?? nil { sample = found }
    }
    // What a plugin says, once it is believed, is right.
    let image = try MatchedPriors(
      priors, groundTruth, assignment, sample, coder: coder
    ).reading(predictions)
    for entry in registry.rowWeights.entries {
      let made = try attempt(input) { () throws(ParameterErrors) in try entry.make([:]) }
      let weights = try attempt(input) { () throws(InputError) in try made?.weights(for: image) }
      let isRight = weights.flatMap { $0 }?.allSatisfy { $0.isFinite && $0 >= 0 } ?? true
      try require(isRight, "a weight that is none")
    }
  }
}

/// What a plugin of which the functions are these answers.
private struct Answers {
  let status: Int32
  let first: Int, second: Int
  let number: Float
}

/// The memory of a table, freed with this object.
private final class TableMemory {
  private var allocations: [UnsafeMutableRawPointer] = []

  deinit { allocations.forEach { $0.deallocate() } }

  func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
    // No room beyond the last element, so that a sanitizer sees who reads there.
    let start = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    for (index, element) in elements.enumerated() { (start + index).initialize(to: element) }
    allocations.append(start)
    return UnsafePointer(start)
  }

  /// A table, of which a version before this one has no more than it had then.
  func table(_ bytes: inout ByteReader) -> UnsafePointer<losskit_table> {
    var table = losskit_table()
    table.abi_version = UInt32(bytes.byte())
    table.name = text(&bytes)
    let losses = (0..<Int(bytes.byte() % 4)).map { _ in loss(&bytes) }
    (table.losses, table.loss_count) = counted(losses, &bytes)
    guard table.abi_version > 1 else {
      let words = withUnsafeBytes(of: table) { Array($0.bindMemory(to: UInt.self).prefix(4)) }
      return UnsafeRawPointer(array(words)).assumingMemoryBound(to: losskit_table.self)
    }
    let assigners = (0..<Int(bytes.byte() % 3)).map { _ in assigner(&bytes) }
    (table.assigners, table.assigner_count) = counted(assigners, &bytes)
    let costs = (0..<Int(bytes.byte() % 3)).map { _ in matchCost(&bytes) }
    (table.match_costs, table.match_cost_count) = counted(costs, &bytes)
    let samplers = (0..<Int(bytes.byte() % 3)).map { _ in sampler(&bytes) }
    (table.samplers, table.sampler_count) = counted(samplers, &bytes)
    let weights = (0..<Int(bytes.byte() % 3)).map { _ in rowWeight(&bytes) }
    (table.row_weights, table.row_weight_count) = counted(weights, &bytes)
    return array([table])
  }

  private func assigner(_ bytes: inout ByteReader) -> losskit_assigner {
    var assigner = losskit_assigner()
    assigner.component = component(&bytes)
    assigner.reads = UInt32(bytes.byte())
    assigner.gives = UInt32(bytes.byte())
    assigner.assign = { instance, assignment, error, size in
      guard let assignment = assignment?.pointee, let answers = instance?.pointee.answers else {
        return 1
      }
      for prior in 0..<assignment.image.priors.count {
        assignment.matches?[prior] = Int32(truncatingIfNeeded: answers.first)
        assignment.overlaps?[prior] = answers.number
        assignment.quality?[prior] = answers.number
      }
      var cost: Float = 0
      _ = withUnsafePointer(to: answers.second) {
        assignment.costs?(assignment.context, $0, 1, answers.first, &cost)
      }
      return fail(instance?.pointee, error, size)
    }
    return assigner
  }

  private func matchCost(_ bytes: inout ByteReader) -> losskit_match_cost {
    var cost = losskit_match_cost()
    cost.component = component(&bytes)
    cost.reads = UInt32(bytes.byte())
    cost.evaluate = { instance, matching, error, size in
      guard let matching = matching?.pointee, let answers = instance?.pointee.answers else {
        return 1
      }
      for index in 0..<matching.prior_count { matching.costs?[index] = answers.number }
      return fail(instance?.pointee, error, size)
    }
    return cost
  }

  private func sampler(_ bytes: inout ByteReader) -> losskit_sampler {
    var sampler = losskit_sampler()
    sampler.component = component(&bytes)
    sampler.reads = UInt32(bytes.byte())
    sampler.sample = { instance, sampling, error, size in
      guard let sampling = sampling?.pointee, let answers = instance?.pointee.answers else {
        return 1
      }
      for prior in 0..<sampling.prior_count where sampling.recorded?[prior] == 1 {
        sampling.sampled?[prior] = UInt8(truncatingIfNeeded: answers.second)
      }
      return fail(instance?.pointee, error, size)
    }
    return sampler
  }

  private func rowWeight(_ bytes: inout ByteReader) -> losskit_row_weight {
    var weight = losskit_row_weight()
    weight.component = component(&bytes)
    weight.scope = UInt32(bytes.byte())
    weight.reads = UInt32(bytes.byte())
    weight.weigh = { instance, rows, error, size in
      guard let rows = rows?.pointee, let answers = instance?.pointee.answers else { return 1 }
      for row in 0..<rows.positive_count { rows.weights?[row] = answers.number }
      return fail(instance?.pointee, error, size)
    }
    return weight
  }

  private func component(_ bytes: inout ByteReader) -> losskit_component {
    var component = losskit_component()
    component.name = text(&bytes)
    component.summary = text(&bytes)
    component.formula = text(&bytes)
    component.source = text(&bytes)
    let parameters = (0..<Int(bytes.byte() % 4)).map { _ in parameter(&bytes) }
    (component.parameters, component.parameter_count) = counted(parameters, &bytes)
    component.flags = UInt32(bytes.byte())
    component.user = answers(&bytes)
    if bytes.bool() {
      component.create = { instance, error, size in fail(instance?.pointee, error, size) }
      component.destroy = { _ in }
    }
    return component
  }

  private func answers(_ bytes: inout ByteReader) -> UnsafeMutableRawPointer {
    let answers = Answers(
      status: Int32(bytes.byte()), first: bytes.length(), second: bytes.length(),
      number: Float(bytes.number()))
    return UnsafeMutableRawPointer(mutating: array([answers]))
  }

  private func loss(_ bytes: inout ByteReader) -> losskit_loss {
    var loss = losskit_loss()
    loss.name = text(&bytes)
    loss.summary = text(&bytes)
    loss.formula = text(&bytes)
    loss.source = text(&bytes)
    let parameters = (0..<Int(bytes.byte() % 4)).map { _ in parameter(&bytes) }
    (loss.parameters, loss.parameter_count) = counted(parameters, &bytes)
    loss.targets = UInt32(bytes.byte())
    loss.values = UInt32(bytes.byte())
    loss.flags = UInt32(bytes.byte())
    loss.user = answers(&bytes)
    let absent = bytes.byte()
    if absent & 1 == 0 {
      loss.create = { instance, error, size in fail(instance?.pointee, error, size) }
      loss.destroy = { _ in }
    }
    if absent & 2 == 0 {
      loss.columns = { instance, classes in
        guard let answers = instance?.pointee.answers else { return 0 }
        return classes == 1 ? answers.first : answers.second
      }
    }
    if absent & 4 == 0 {
      loss.evaluate = { instance, block, error, size in
        guard let block = block?.pointee, let answers = instance?.pointee.answers else { return 1 }
        for row in 0..<block.row_count { block.values?[row] = answers.number }
        return fail(instance?.pointee, error, size)
      }
    }
    return loss
  }

  private func parameter(_ bytes: inout ByteReader) -> losskit_parameter {
    var parameter = losskit_parameter()
    parameter.name = text(&bytes)
    parameter.meaning = text(&bytes)
    parameter.type = UInt32(bytes.byte())
    parameter.bounds = UInt32(bytes.byte())
    parameter.minimum = bytes.number()
    parameter.maximum = bytes.number()
    parameter.count = bytes.length()
    let choices = (0..<Int(bytes.byte() % 4)).map { _ in text(&bytes) }
    (parameter.choices, parameter.choice_count) = counted(choices, &bytes)
    if bytes.bool() { parameter.default_value = array([value(&bytes)]) }
    return parameter
  }

  private func value(_ bytes: inout ByteReader) -> losskit_value {
    var value = losskit_value()
    value.type = UInt32(bytes.byte())
    value.integer = Int64(bytes.integer())
    value.number = bytes.number()
    value.text = text(&bytes)
    let numbers = (0..<Int(bytes.byte() % 4)).map { _ in bytes.number() }
    (value.numbers, value.count) = counted(numbers, &bytes)
    return value
  }

  /// An array with its length, or another one: fewer, or more than any array may have.
  private func counted<Element: BitwiseCopyable>(
    _ elements: [Element], _ bytes: inout ByteReader
  ) -> (UnsafePointer<Element>?, Int) {
    switch bytes.byte() {
    case 255: (nil, elements.count)
    case 254: (array(elements), .max)
    case 253: (array(elements), -1)
    case 252: (array(elements), 65_537)
    case 251: (array(elements), 0)
    default: (array(elements), elements.count)
    }
  }

  /// A text that ends, or one that doesn't for longer than any text may be.
  private func text(_ bytes: inout ByteReader) -> UnsafePointer<CChar>? {
    let text = bytes.bytes(64)
    switch text.first {
    case 0xFF: return nil
    case 0xFE: return array([CChar](repeating: 97, count: 5000))
    default: return array((text + [0]).map { CChar(bitPattern: $0) })
    }
  }
}

extension losskit_instance {
  fileprivate var answers: Answers? { user?.assumingMemoryBound(to: Answers.self).pointee }
}

/// Fails where the answers say so, with a reason that doesn't end and steers a terminal.
private func fail(
  _ instance: losskit_instance?, _ error: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int32 {
  guard let answers = instance?.answers, answers.status & 7 == 7 else { return 0 }
  for index in 0..<size { error?[index] = CChar(bitPattern: UInt8(0x1B + index % 0x60)) }
  return answers.status
}
