import Foundation

/// Small files in the form of public data sets, whose labels follow from the inputs.
struct PublicForms {
  let folder: String
  private var draws = SplitMix(state: 5)

  /// Makes them in a folder.
  init(in folder: String) { self.folder = folder }

  /// MovieLens 100k: u.data (tabs), u.item and u.user (bars), none with a header.
  mutating func writeMovieLens() throws {
    let (users, items) = (40, 60)
    try write(
      "u.user",
      (1...users).map { user in
        "\(user)|\(18 + user % 40)|\(user % 2 == 0 ? "M" : "F")|\(["artist", "student", "other"][user % 3])|\(10_000 + user * 7)"
      })
    try write(
      "u.item",
      (1...items).map { item in
        let genres = (0..<19).map { item % 19 == $0 || item % 7 == $0 ? "1" : "0" }
        return
          "\(item)|Film \(item), The (199\(item % 9))|01-Jan-199\(item % 9)||http://x.org/\(item)|"
          + genres.joined(separator: "|")
      })
    try write(
      "u.data",
      (0..<2400).map { row in
        let (user, item) = (1 + draws.below(users), 1 + draws.below(items))
        let rating = min(5, max(1, 1 + (user + item) % 4 + draws.below(2)))
        return "\(user)\t\(item)\t\(rating)\t\(880_000_000 + row * 977)"
      })
  }

  /// Criteo's log: label, 13 counts, 26 hashes, tabs, no header, blanks where nothing is known.
  mutating func writeCriteo() throws {
    try write(
      "train.txt",
      (0..<2000).map { _ in
        let counts = (0..<13).map { _ in draws.below(6) == 0 ? nil : draws.below(40) }
        let hashes = (0..<26).map { column in
          draws.below(9) == 0
            ? "" : String(format: "%08x", (1 + draws.below(5 + column)) * 123_456_789 % 0x7FFF_FFFF)
        }
        let odds = (counts[0] ?? 0) > 25 ? 60 : 12
        let label = draws.below(100) < odds ? 1 : 0
        return (["\(label)"] + counts.map { $0.map { "\($0)" } ?? "" } + hashes).joined(
          separator: "\t")
      })
  }

  /// A shop's log with a training and a test file.
  mutating func writeShop() throws {
    for (name, rows) in [("train.csv", 2400), ("test.csv", 600)] {
      let lines = (0..<rows).map { _ -> String in
        let (user, item) = (draws.below(80), draws.below(50))
        let isClicked = draws.below(100) < (item % 5 == 0 ? 70 : 20)
        let isCarted = isClicked && draws.below(100) < 50
        let isBought = isCarted && draws.below(100) < 60
        let price = Double(100 + item * 37) / 100
        return
          "u\(user),i\(item),\"c\(item % 6), sub\",\(price),\(isClicked ? 1 : 0),\(isCarted ? 1 : 0),"
          + "\(isBought ? 1 : 0)"
      }
      try write(name, ["user_id,item_id,category,price,click,add_to_cart,purchase"] + lines)
    }
  }

  private func write(_ name: String, _ lines: [String]) throws {
    try Data((lines.joined(separator: "\n") + "\n").utf8)
      .write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  /// Draws that are the same everywhere.
  private struct SplitMix {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((z ^ (z >> 31)) % UInt64(bound))
    }
  }
}
