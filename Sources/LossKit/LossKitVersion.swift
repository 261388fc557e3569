/// The version of the package: what `losskit --version` prints, and what the Python package is called by.
public enum LossKitVersion {
  /// The version, as semver.org has it.
  public static let current = "0.1.0"
}
