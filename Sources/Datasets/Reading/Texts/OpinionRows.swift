import Runs
import Tensors

/// The rows of a table of opinions, matched with the log's users and items.
struct OpinionRows {
  private let rule: DatasetSchema.Opinions
  private let table: ParsedTable
  private var found: [Found] = []
  private var features = ByteInterner()
  private var opinions = ByteInterner()
  /// Rows that are no tuples.
  private var left = LeftOpinions()

  /// A tuple whose feature and opinion are numbered as they come, and its split.
  private struct Found {
    var tuple: OpinionTuple
    let split: RowSplit
  }

  /// Matches every row.
  ///
  /// - Throws: ``ReaderError`` for a row without a feature, an opinion, or a sentiment of 1 or −1, and
  ///   where none is of a user and an item that train.
  init(
    _ rule: DatasetSchema.Opinions, _ table: ParsedTable, _ meetings: LogMeetings
  ) throws(ReaderError) {
    self.rule = rule
    self.table = table
    for chunk in table.chunks { try add(chunk, meetings) }
    guard found.contains(where: { $0.split == .training }) else {
      left.heldOut = found.count
      throw .text(
        .noOpinions(path: table.path, user: rule.user, item: rule.item, rows: rows, left))
    }
  }

  private mutating func add(_ chunk: ParsedChunk, _ meetings: LogMeetings) throws(ReaderError) {
    let users = meetings.users(of: chunk.interners[0])
    let items = meetings.items(of: chunk.interners[1])
    let features = Self.numbers(chunk.interners[2], &self.features)
    let opinions = Self.numbers(chunk.interners[3], &self.opinions)
    for row in 0..<chunk.rows {
      let (feature, opinion) = (
        features[Int(chunk.texts[2][row])], opinions[Int(chunk.texts[3][row])]
      )
      try check(chunk, row, feature, opinion)
      let user = users[Int(chunk.texts[0][row])], item = items[Int(chunk.texts[1][row])]
      guard let split = meetings.split(user, item), let user, let item else {
        left.strangers += 1
        continue
      }
      guard let ids = meetings.ids(user, item) else {
        left.rare += 1
        continue
      }
      found.append(
        Found(
          tuple: OpinionTuple(
            user: ids.user, item: ids.item, feature: feature, opinion: opinion,
            sentiment: Int32(chunk.numbers[0][row])), split: split))
    }
  }

  /// The numbers of a chunk's texts; −1 of the empty one.
  private static func numbers(_ own: ByteInterner, _ all: inout ByteInterner) -> [Int32] {
    (0..<own.count).map { text in own.withBytes(text) { $0.isEmpty ? -1 : all.id(of: $0) } }
  }

  private func check(
    _ chunk: ParsedChunk, _ row: Int, _ feature: Int32, _ opinion: Int32
  ) throws(ReaderError) {
    let line = chunk.line(ofRow: row)
    if feature < 0 || opinion < 0 {
      throw .text(
        .opinion(
          path: chunk.path, line: line, column: feature < 0 ? rule.feature : rule.opinion,
          found: nil))
    }
    let sentiment = chunk.numbers[0][row]
    guard abs(sentiment) != 1 else { return }
    throw .text(
      .opinion(
        path: chunk.path, line: line, column: rule.sentiment,
        found: sentiment.isNaN ? "nothing" : "\(sentiment)"))
  }

  // MARK: - Tuples

  /// The tuples, features and opinion words numbered by how often training rows have them.
  var tuples: OpinionTuples {
    let training = found.filter { $0.split == .training }.map(\.tuple)
    let features = Numbering(self.features, training.map(\.feature))
    let opinions = Numbering(self.opinions, training.map(\.opinion))
    func own(_ split: RowSplit) -> [OpinionTuple] {
      found.filter { $0.split == split }.map { row in
        var tuple = row.tuple
        tuple.feature = features.ids[Int(tuple.feature)]
        tuple.opinion = opinions.ids[Int(tuple.opinion)]
        return tuple
      }
    }
    return OpinionTuples(
      features: features.names, opinions: opinions.names, training: own(.training),
      validation: own(.validation), test: own(.test))
  }

  /// New numbers of names by how often they come, equally frequent ones by their bytes; −1 of those
  /// that do not.
  private struct Numbering {
    let names: [String]
    let ids: [Int32]

    init(_ texts: ByteInterner, _ used: [Int32]) {
      var counts = [Int](repeating: 0, count: texts.count)
      for number in used { counts[Int(number)] += 1 }
      let order = counts.indices.filter { counts[$0] > 0 }.map {
        (number: $0, name: texts.name($0))
      }
      .sorted { left, right in
        let (one, other) = (counts[left.number], counts[right.number])
        return one != other
          ? one > other : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
      }
      var ids = [Int32](repeating: -1, count: texts.count)
      for (id, entry) in order.enumerated() { ids[entry.number] = Int32(id) }
      names = order.map(\.name)
      self.ids = ids
    }
  }

  /// What a person should know of rows that are not among the tuples.
  var notices: [String] {
    let file = printable(
      FileNames.shown(table.path).split(separator: "/").last.map(String.init) ?? "")
    var notices: [String] = []
    if left.strangers > 0 {
      notices.append(
        "\(file): \(left.strangers) of \(rows) opinions are of a user and an item that no row of the log "
          + "has together; they are left out")
    }
    if left.rare > 0 {
      notices.append(
        "\(file): \(left.rare) of \(rows) opinions are of a user or an item without an id of its own "
          + "(fewer training rows than `minimumCount`); they are left out")
    }
    return notices
  }

  private var rows: Int { table.chunks.reduce(0) { $0 + $1.rows } }
}
