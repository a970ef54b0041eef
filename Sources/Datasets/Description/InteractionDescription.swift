/// How densely users and items meet in the training rows, and how unevenly.
///
/// Of users and items that have an id of their own.
public struct InteractionDescription: Sendable {
  /// Users that a training row has.
  public let users: Int
  /// Items that a training row has.
  public let items: Int
  /// Pairs of a user and an item that met, each once.
  public let pairs: Int
  /// Items of a user: the median of the users, and the most.
  public let itemsOfUser: (median: Int, most: Int)
  /// Training rows of an item: the median of the items, and the most.
  public let rowsOfItem: (median: Int, most: Int)

  /// The share of pairs that met of all that might have, pairs / (users · items); 0 without any.
  public var density: Double {
    users * items == 0 ? 0 : Double(pairs) / (Double(users) * Double(items))
  }

  /// Counts.
  ///
  /// O(users · log users + items · log items).
  public init(_ interactions: Interactions) {
    let met = interactions.users.map { user in
      interactions.items(ofUser: user).count { interactions.items.contains($0) }
    }.filter { $0 > 0 }
    let rows = interactions.items.map { Int(interactions.itemCounts[Int($0)]) }.filter { $0 > 0 }
    users = met.count
    items = rows.count
    pairs = met.reduce(0, +)
    itemsOfUser = Self.middle(met)
    rowsOfItem = Self.middle(rows)
  }

  /// The lower of the middle numbers, and the greatest.
  private static func middle(_ numbers: [Int]) -> (median: Int, most: Int) {
    let sorted = numbers.sorted()
    guard let most = sorted.last else { return (0, 0) }
    return (sorted[(sorted.count - 1) / 2], most)
  }
}
