/// Files without a header whose columns are documented where they are published.
struct KnownTable: Sendable, Hashable {
  /// What the data are called.
  let title: String
  /// The columns in their order.
  let names: [String]
  /// Columns that are categories although some of their texts look like numbers.
  var categories: Set<String> = []

  /// The table that a file is by its name and the number of its columns, and for Criteo's log by its
  /// values; nil for others.
  init?(path: String, first: [String]) {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    if let known = Self.byName[plain], known.names.count == first.count {
      self = known
    } else if let known = Self.criteo(first) {
      self = known
    } else {
      return nil
    }
  }

  private init(_ title: String, _ names: [String]) {
    self.title = title
    self.names = names
  }

  private static let genres = [
    "unknown", "action", "adventure", "animation", "children", "comedy", "crime", "documentary",
    "drama", "fantasy", "film_noir", "horror", "musical", "mystery", "romance", "sci_fi",
    "thriller", "war", "western",
  ]

  private static let byName: [String: KnownTable] = {
    let ratings = ["user", "item", "rating", "timestamp"]
    let folds = (["u", "ua", "ub"] + (1...5).map { "u\($0)" }).flatMap {
      ["\($0).base", "\($0).test"]
    }
    var tables = Dictionary(
      uniqueKeysWithValues: (folds + ["u.data"]).map { ($0, Self("MovieLens 100k", ratings)) })
    tables["u.user"] = Self("MovieLens 100k", ["user", "age", "gender", "occupation", "zip"])
    tables["u.item"] = Self(
      "MovieLens 100k", ["item", "title", "release_date", "video_date", "url"] + genres)
    tables["ratings.dat"] = Self("MovieLens 1M", ratings)
    tables["users.dat"] = Self("MovieLens 1M", ["user", "gender", "age", "occupation", "zip"])
    tables["movies.dat"] = Self("MovieLens 1M", ["item", "title", "genres"])
    return tables
  }()

  /// A label, 13 counts and 26 hashes of 8 hexadecimal digits.
  private static func criteo(_ first: [String]) -> KnownTable? {
    guard first.count == 40, ["0", "1"].contains(first[0]),
      first[1...13].allSatisfy({ $0.isEmpty || Int($0) != nil }),
      first[14...].allSatisfy({ $0.isEmpty || ($0.utf8.count == 8 && Int($0, radix: 16) != nil) })
    else { return nil }
    let hashes = (1...26).map { "C\($0)" }
    var table = Self(
      "Criteo's display advertising log", ["label"] + (1...13).map { "I\($0)" } + hashes)
    table.categories = Set(hashes)
    return table
  }
}
