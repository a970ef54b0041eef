import GRDB

/// What is known of all runs without opening their folders: a table that is made anew from the folders
/// whenever it is lost or damaged.
public struct RunIndex {
  private let database: DatabaseQueue

  /// Opens the index at a path, or makes it.
  public init(path: String) throws { database = try DatabaseQueue(path: path) }
}
