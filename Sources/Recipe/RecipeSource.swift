import Files
import ResourceLimits
import ShippedRecipes

/// Where the text of a recipe is: in a file, in the package, or in a program that has it.
enum RecipeSource {
  case file(String)
  case text(String)
  case shipped(String)

  /// What `path` leads to: a file, `.json` added or not, or else the shipped recipe of this name.
  init(_ path: String) {
    let file = [path, path + ".json"].first(where: Path.isFile)
    self = file.map { .file($0) } ?? Self.shipped(called: path) ?? .file(path)
  }

  /// What `name` leads to in a recipe that extends it.
  func base(_ name: String) -> Self {
    let name = name.hasSuffix(".json") ? name : name + ".json"
    let shipped = Self.shipped(called: name)
    let file: String
    switch self {
    case .shipped: return shipped ?? .file(name)
    case .text: file = name
    case .file(let path): file = Path.resolving(name, in: path)
    }
    return Path.isFile(file) ? .file(file) : shipped ?? .file(file)
  }

  /// What locations show.
  var path: String {
    switch self {
    case .file(let path): path
    case .shipped(let name): "<shipped>/\(name).json"
    case .text: "<text>"
    }
  }

  func bytes() throws(FileError) -> [UInt8] {
    switch self {
    case .file(let path): try InputFile.bytes(of: path, most: Limits.recipeBytes)
    case .shipped(let name): Array((Self.shippedTexts[name] ?? "").utf8)
    case .text(let text): Array(text.utf8)
    }
  }
}

extension RecipeSource {
  /// The texts of the recipes of Configs/recipes, by name.
  static let shippedTexts: [String: String] = {
    let recipes = (0..<losskit_shipped_recipe_count()).map { losskit_shipped_recipe($0) }
    return Dictionary(
      uniqueKeysWithValues: recipes.map { (String(cString: $0.name), String(cString: $0.text)) })
  }()

  private static func shipped(called file: String) -> Self? {
    let name = file.hasSuffix(".json") ? String(file.dropLast(5)) : file
    return shippedTexts[name] == nil ? nil : .shipped(name)
  }
}
