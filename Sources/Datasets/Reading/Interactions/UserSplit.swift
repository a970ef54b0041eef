import Tensors

/// Which rows train, validate and test where every user's rows are split for themselves.
///
/// It depends on the rows in the order of the files alone: neither on the division into chunks nor on
/// threads. Rows whose user is missing train.
struct UserSplit {
  /// 0 training, 1 validation, 2 test; by row, in the order of the files.
  private(set) var splits: [UInt8]
  /// What a person should know, a sentence each.
  private(set) var notices: [String] = []

  /// Splits the rows of some chunks; nil where the split is none by user.
  ///
  /// - Throws: ``ReaderError/notRead(path:what:purpose:)`` where user or time were not read.
  init?(
    _ schema: DatasetSchema, _ chunks: [ParsedChunk], _ columns: UsedColumns
  ) throws(ReaderError) {
    switch schema.split {
    case .files, .rowParity, .ratio, .column, .time: return nil
    case .lastByUser, .ratioByUser: break
    }
    let users = try RowsByUser(schema, chunks, columns)
    splits = [UInt8](repeating: 0, count: users.count)
    if case .lastByUser(let validation, let test) = schema.split {
      let times = chunks.flatMap(\.times)
      guard times.count == users.count else { throw .unread("the times", chunks) }
      last(users.rows, times, validation: validation, test: test)
    } else if case .ratioByUser(let validation, let test, let seed) = schema.split {
      share(users.rows, RandomSource(seed: seed, .split), validation: validation, test: test)
    }
    if users.strangers > 0 {
      notices.append(
        "the split: \(rowsWord(users.strangers)) without a user "
          + "train\(users.strangers == 1 ? "s" : "")")
    }
  }

  /// The last rows by time test, those before them validate; equal times keep the order of the files.
  private mutating func last(_ users: [[Int]], _ times: [Int64], validation: Int, test: Int) {
    for rows in users where rows.count > validation + test {
      let byTime = rows.sorted { (times[$0], $0) < (times[$1], $1) }
      for row in byTime.suffix(test) { splits[row] = 2 }
      for row in byTime.dropLast(test).suffix(validation) { splits[row] = 1 }
    }
    let few = users.filter { $0.count <= validation + test }
    guard !few.isEmpty else { return }
    notices.append(
      "the split: \(few.count) of \(users.count) users ha\(few.count == 1 ? "s" : "ve") fewer than "
        + "\(validation + test + 1) rows and train\(few.count == 1 ? "s" : "") only, with "
        + rowsWord(few.reduce(0) { $0 + $1.count }))
  }

  /// Of n rows ⌊t·n + u⌋ test and ⌊(v + t)·n + u⌋ are held out, where u of [0, 1) is drawn for the
  /// user, but n − 1 at most; which ones, the draws of the rows decide.
  private mutating func share(
    _ users: [[Int]], _ random: RandomSource, validation: Double, test: Double
  ) {
    for rows in users {
      guard let first = rows.first else { continue }
      let (count, u) = (Double(rows.count), random.uniform(UInt64(first), 1))
      let heldOut = min(rows.count - 1, Int((validation + test) * count + u))
      let tested = min(heldOut, Int(test * count + u))
      let drawn = rows.map { (random.bits(UInt64($0)), $0) }.sorted { $0 < $1 }.map(\.1)
      for row in drawn.prefix(tested) { splits[row] = 2 }
      for row in drawn.prefix(heldOut).dropFirst(tested) { splits[row] = 1 }
    }
    let single = users.count { $0.count == 1 }
    guard single > 0 else { return }
    notices.append(
      "the split: \(single) of \(users.count) users ha\(single == 1 ? "s" : "ve") a single row, "
        + "which trains")
  }
}

/// The rows of each user, in the order of the files.
private struct RowsByUser {
  private(set) var rows: [[Int]] = []
  /// All rows.
  private(set) var count = 0
  /// Rows whose user is missing.
  private(set) var strangers = 0

  init(
    _ schema: DatasetSchema, _ chunks: [ParsedChunk], _ columns: UsedColumns
  ) throws(ReaderError) {
    guard let user = schema.userColumn, let column = columns.index(ofText: user.name, user.grouping)
    else { throw .unread("the users", chunks) }
    let missing = schema.missing.canonical(user.name)
    var numbers = ByteInterner()
    for chunk in chunks {
      let texts = chunk.interners[column]
      let own = (0..<texts.count).map { text in
        texts.withBytes(text) { $0.elementsEqual(missing.utf8) ? -1 : Int(numbers.id(of: $0)) }
      }
      rows += [[Int]](repeating: [], count: numbers.count - rows.count)
      for text in chunk.texts[column] {
        let user = own[Int(text)]
        if user >= 0 { rows[user].append(count) } else { strangers += 1 }
        count += 1
      }
    }
  }
}

extension ReaderError {
  fileprivate static func unread(_ what: String, _ chunks: [ParsedChunk]) -> ReaderError {
    .notRead(path: chunks.first?.path ?? "", what: what, purpose: "the split")
  }
}

/// `1 row`, `3 rows`.
private func rowsWord(_ count: Int) -> String { "\(count) row\(count == 1 ? "" : "s")" }

extension DatasetSchema {
  /// The column of the users as it is read; nil where no interactions are named.
  var userColumn: UsedColumns.TextColumn? {
    guard let user = interactions?.user else { return nil }
    let column = columns.first { $0.name == user }
    return UsedColumns.TextColumn(name: column?.source ?? user, grouping: column?.grouping)
  }
}
