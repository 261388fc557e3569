/// What moves the threshold from which on detections are shown; without it they are shown from 0.5 on.
enum ThresholdScript {
  /// The score from which on detections are shown at first.
  static let threshold = 0.5

  /// What the page allows to run, and nothing else: `openssl dgst -sha256 -binary | base64` of ``text``, by
  /// which a browser that finds another script refuses it.
  static let digest = "sha256-LXflZFLfif/c/e3zxk+IzAXyixEon2ucL20lZbN72/0="

  static let text: StaticString = """
    const slider = document.getElementById("threshold");
    if (slider) {
      slider.hidden = false;
      slider.oninput = () => {
        document.getElementById("least").textContent = Number(slider.value).toFixed(2);
        for (const mark of document.querySelectorAll("[data-score]"))
          mark.classList.toggle("under", Number(mark.dataset.score) < slider.value);
      };
      slider.oninput();
    }
    """
}
