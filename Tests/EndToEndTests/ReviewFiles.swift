import Foundation

/// Small files of reviews, made anew for the tests: ratings, texts, and what they say of features.
///
/// One item has an Arabic name, and its reviews are Japanese; one user is called what would clear a
/// terminal and ring its bell, in Hebrew, with a joined picture and a mark above a letter.
struct ReviewFiles {
  let folder: URL

  /// Made once; removed when the tests end.
  static let shared: Result<ReviewFiles, any Error> = Result {
    atexit { _ = ReviewFiles.shared.map { $0.remove() } }
    return try ReviewFiles()
  }

  private init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("reviews-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var (reviews, opinions) = ("", "user\titem\tfeature\topinion\tsentiment\n")
    for user in 0..<16 {
      for item in 0..<12 where (user * 5 + item * 3) % 4 != 0 {
        let row = Row(user: user, item: item)
        reviews += row.json
        opinions += row.tuple
      }
    }
    for (name, text) in [
      ("reviews.jsonl", reviews), ("opinions.tsv", opinions), ("schema.yaml", Self.schema),
    ] {
      try Foundation.Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
  }

  /// Removes the files.
  func remove() { _ = try? FileManager.default.removeItem(at: folder) }

  /// One review.
  private struct Row {
    let user, item: Int

    private var isGood: Bool { (item * 7 + user % 3) % 5 < 3 }
    private var feature: String { ["sound", "price", "weight"][user % 3] }
    private var opinion: String {
      let words = [["clear", "dull"], ["fair", "steep"], ["light", "heavy"]][user % 3]
      return words[isGood ? 0 : 1]
    }

    private var userName: String {
      user == 2 ? "דוד\u{1B}[2J\u{7}👩\u{200D}👧e\u{301}" : "u\(user)"
    }

    /// The name as JSON has it, which writes escape and bell out.
    private var quotedName: String {
      userName.replacing("\u{1B}", with: "\\u001b").replacing("\u{7}", with: "\\u0007")
    }

    private var itemName: String { item == 1 ? "جيتار" : "i\(item)" }

    var json: String {
      let text = item == 1 ? "音質 が 良い" : "the \(feature) is \(opinion)"
      return "{\"user\":\"\(quotedName)\",\"item\":\"\(itemName)\",\"time\":\(user * 12 + item),"
        + "\"rating\":\(isGood ? 4 + user % 2 : 1 + user % 2),\"review\":\"\(text)\"}\n"
    }

    var tuple: String {
      "\(userName)\t\(itemName)\t\(feature)\t\(opinion)\t\(isGood ? 1 : -1)\n"
    }
  }

  private static let schema = """
    name: made
    files:
      all: reviews.jsonl
    columns:
      user: {type: categorical, minimumCount: 1}
      item: {type: categorical, minimumCount: 1}
      review: {type: text, tokenizer: words, maximumTokens: 6, minimumCount: 1}
      time: {type: ignore}
      rating: {type: ignore}
    interactions: {user: user, item: item, time: time}
    reviews: {of: review, perUser: 4, perItem: 4}
    opinions:
      file: opinions.tsv
      user: user
      item: item
      feature: feature
      opinion: opinion
      sentiment: sentiment
    concepts: {from: opinions}
    tasks:
      rating: {column: rating, kind: regression}
      ranking: {kind: ranking, sampled: {per: user, negatives: 2, excluding: seen}}
      explanation: {kind: text, column: review}
      opinions: {kind: tuples}
    split:
      ratioByUser: {validation: 0.2, test: 0.2, seed: 1}

    """
}
