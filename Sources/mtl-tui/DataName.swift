import Datasets
import Foundation

/// What a name that `--data` takes means, in every command alike: the data that the program knows come
/// first, then a folder of packed rows, then files.
enum DataName {
  case sample
  case recipe(Recipe)
  /// A folder that `data pack` wrote.
  case packed
  /// Neither of these: the path of a file, if anything.
  case path

  /// Looks a name up.
  ///
  /// - Parameters:
  ///   - name: what was given.
  ///   - isPacked: whether a path is that of packed rows.
  init(_ name: String, isPacked: (String) -> Bool = PackedFolder.isThere) {
    if name == "sample" {
      self = .sample
    } else if let recipe = Recipe.all.first(where: { $0.name == name }) {
      self = .recipe(recipe)
    } else {
      self = isPacked(name) ? .packed : .path
    }
  }

  /// Refuses a folder of files that was given with a name of data without files, and a folder whose
  /// packed rows nothing describes.
  ///
  /// - Throws: ``Failure``.
  static func refuse(path: String?, with name: String) throws(Failure) {
    if case .path = DataName(name), holdsRows(name) {
      throw Failure(message: "\(PackError.missing(folder: name))")
    }
    guard let path else { return }
    switch DataName(name) {
    case .sample:
      throw Failure(
        message: """
          --path \(printable(path)): the sample has no files.
            found: --path without --data
            fix:   leave --path out, or name the data with --data
          """)
    case .packed:
      throw Failure(
        message: """
          --data \(printable(name)): packed rows have no other files.
            found: --path besides
            fix:   leave --path out
          """)
    case .recipe, .path: return
    }
  }

  /// Whether a path is that of a folder with rows that were packed, as where packing was killed.
  private static func holdsRows(_ path: String) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.contains { $0.hasPrefix("rows-") }
  }

  /// The folder of a recipe's files.
  ///
  /// - Throws: ``Failure`` where none was given.
  static func folder(_ path: String?, of recipe: Recipe) throws(Failure) -> String {
    guard let path else {
      throw Failure(
        message: """
          --data \(recipe.name): the folder of its files is not given.
            found: no --path
            fix:   \(recipe.origin)
          """)
    }
    return path
  }
}
