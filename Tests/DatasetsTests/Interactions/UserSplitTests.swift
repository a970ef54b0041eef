import Foundation
import Tensors
import Testing

@testable import Datasets

/// Splits of every user's rows, and who met what in those that train.
@Suite struct UserSplitTests {
  private static func schema(_ split: String, minimumCount: Int = 1) -> String {
    """
    name: t
    files: {all: t.csv}
    missing: "-"
    columns:
      shop: {type: categorical}
      item: {type: categorical, minimumCount: \(minimumCount)}
      user: {type: categorical, minimumCount: \(minimumCount)}
    interactions: {user: user, item: item, time: at}
    tasks: {rating: {column: y, kind: regression}, rank: {kind: ranking}}
    split: \(split)
    """
  }

  /// Users a (5 rows), b (3), c (2), one row without a user; rows are not in the order of time.
  private static let csv = """
    user,item,at,y,shop
    a,p,50,0,s
    b,q,7,1,s
    a,q,10,2,s
    c,p,1,3,s
    a,r,50,4,s
    -,q,99,5,s
    b,r,9,6,s
    a,s,40,7,s
    b,p,8,8,s
    c,s,2,9,s
    a,t,30,10,s

    """

  /// The labels of a split, which number the rows.
  private static func rows(_ examples: Examples, _ data: Dataset) -> [Int] {
    (0..<examples.count).map {
      Int(data.tasks[0].scale.original(Double(examples.labels[$0 * 2])).rounded())
    }
  }

  private static func load(
    _ split: String, csv: String = csv, minimumCount: Int = 1, partBytes: Int = 1 << 20,
    threads: Int = 2
  ) throws -> Dataset {
    try Table(
      csv: csv, schema: schema(split, minimumCount: minimumCount), threads: threads,
      partBytes: partBytes
    ).load()
  }

  /// Equal times keep the order of the file.
  ///
  /// By time a has 2, 10, 7, 0, 4, of which 0 and 4 are of one time: 4 is the last. b has 1, 8, 6; c has but two rows, and the row without a user trains.
  @Test(arguments: [1, 40, 1 << 20]) func takesTheLastRowsOfEachUser(partBytes: Int) throws {
    let data = try Self.load("{lastByUser: {}}", partBytes: partBytes)
    #expect(Self.rows(data.training, data) == [1, 2, 3, 5, 7, 9, 10])
    #expect(Self.rows(data.validation, data) == [0, 8])
    #expect(Self.rows(data.test, data) == [4, 6])
    #expect(
      data.notices.prefix(2) == [
        "the split: 1 of 3 users has fewer than 3 rows and trains only, with 2 rows",
        "the split: 1 row without a user trains",
      ])
  }

  @Test func takesSeveralRows() throws {
    let data = try Self.load("{lastByUser: {validation: 1, test: 2}}")
    #expect(Self.rows(data.validation, data) == [7])
    #expect(Self.rows(data.test, data) == [0, 4])
    #expect(
      data.notices.first
        == "the split: 2 of 3 users have fewer than 4 rows and train only, with 5 rows")
  }

  /// Item t trains alone; p, r and s are of rows that were held out, too, and these are in no list.
  @Test func listsTrainingRowsAlone() throws {
    let data = try Self.load("{lastByUser: {}}")
    let met = try #require(data.interactions)
    #expect(data.features.interactions?.user == 2 && data.features.interactions?.item == 1)
    #expect(met.userField == 2 && met.itemField == 1)
    let (users, items) = (data.features.fields[2].categories, data.features.fields[1].categories)
    var found: [String: [String]] = [:]
    for user in met.users {
      found[users[Int(user)]] = met.items(ofUser: user).map { items[Int($0)] }.sorted()
    }
    #expect(found["a"] == ["q", "s", "t"])
    #expect(found["b"] == ["q"])
    #expect(found["c"] == ["p", "s"])
    // The missing text has an id as any other, but is no user.
    let nobody = try #require(data.features.interactions?.missingUser)
    #expect(users[Int(nobody)] == "-" && found["-"] == nil)
    #expect(data.features.interactions?.missingItem == nil)
    #expect(data.notices.contains { $0.hasPrefix("1 row names no user: ") })
    let counts = zip(items, met.itemCounts).dropFirst().map { "\($0) \($1)" }.sorted()
    #expect(counts == ["p 1", "q 3", "s 2", "t 1"])
    let a = try #require(users.firstIndex(of: "a"))
    let rows = met.rows(ofUser: Int32(a)).map { Self.rows(data.training, data)[Int($0)] }
    #expect(rows == [2, 10, 7])
  }

  /// r trains nowhere, so that no row of it is ranked; its ratings count.
  @Test func ranksNoItemWithoutAnId() throws {
    let data = try Self.load("{lastByUser: {}}")
    #expect(data.tasks[1].sampled == NegativeSampling(negatives: 4))
    // The fourth training row is that without a user.
    let inside: [Float] = [1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
    #expect(data.training.spaces?.array == inside)
    #expect((0..<7).map { data.training.labels[2 * $0 + 1] } == [1, 1, 1, 0, 1, 1, 1])
    #expect(data.validation.spaces?.array == [1, 1, 1, 1])
    #expect(data.test.spaces?.array == [1, 0, 1, 0])
    #expect(data.test.labels[1] == 0 && data.test.labels[3] == 0)
    let notice = data.notices.filter { $0.hasPrefix("rank:") }
    #expect(
      notice == [
        "rank: 1 training, 2 test rows are outside of its sample space, since user or item is missing "
          + "or has no id of its own (fewer training rows than `minimumCount`)"
      ])
  }

  /// A user without an id of its own is nobody's in particular, in training too.
  @Test func ranksForNobodyUnknown() throws {
    let data = try Self.load("{lastByUser: {}}", minimumCount: 2)
    let met = try #require(data.interactions)
    let ids = data.training.ids
    for row in 0..<data.training.count {
      let isKnown = ids[row * 3 + 1] > 0 && ids[row * 3 + 2] > 0
      #expect(data.training.spaces?[row * 2 + 1] == (isKnown ? 1 : 0))
      #expect(data.training.spaces?[row * 2] == 1)
    }
    let unknown = met.rows(ofItem: 0).count
    #expect(unknown == 2)
  }

  /// Shares hold over all users though most have few rows; one row of each trains.
  @Test(arguments: [UInt64(1), 2, 3]) func sharesOutEveryUsersRows(seed: UInt64) throws {
    let random = RandomSource(seed: seed, .test)
    let users = 400
    var csv = "user,item,at,y,shop\n"
    var (row, counts) = (0, [Int](repeating: 0, count: users))
    for _ in 0..<2400 {
      let user = random.index(below: users, UInt64(row))
      counts[user] += 1
      csv += "u\(user),i\(row % 7),\(row),\(row),s\n"
      row += 1
    }
    let data = try Self.load("{ratioByUser: {validation: 0.1, test: 0.2, seed: \(seed)}}", csv: csv)
    // σ of a count is √Σ ¼ < √(users / 4) = 10 rows.
    #expect(abs(Double(data.validation.count) - 0.1 * 2400) < 45, "seed \(seed)")
    #expect(abs(Double(data.test.count) - 0.2 * 2400) < 45, "seed \(seed)")
    #expect(data.training.count + data.validation.count + data.test.count == 2400)
    let names = data.features.fields[2].categories
    let width = data.features.fields.count
    func perUser(_ examples: Examples) -> [String: Int] {
      var found: [String: Int] = [:]
      for row in 0..<examples.count {
        found[names[Int(examples.ids[row * width + 2])], default: 0] += 1
      }
      return found
    }
    let splits = [data.training, data.validation, data.test].map(perUser)
    for (user, count) in counts.enumerated() where count > 0 {
      let own = splits.map { $0["u\(user)"] ?? 0 }
      #expect(own.reduce(0, +) == count && own[0] > 0, "seed \(seed), user \(user)")
      let n = Double(count)
      #expect(own[2] <= Int((0.2 * n).rounded(.up)), "seed \(seed), user \(user)")
      #expect(own[1] + own[2] <= Int((0.3 * n).rounded(.up)), "seed \(seed), user \(user)")
      // A user of one row alone trains.
      #expect(own[2] >= min(Int(0.2 * n), count - 1), "seed \(seed), user \(user)")
    }
  }

  /// The rows of a user are chosen by the hash, not by their order.
  @Test func sharesByTheHash() throws {
    let csv =
      "user,item,at,y,shop\n"
      + (0..<300).map { "u\($0 / 30),i,\($0),\($0),s\n" }.joined()
    let one = try Self.load("{ratioByUser: {validation: 0.2, test: 0.2, seed: 1}}", csv: csv)
    let other = try Self.load("{ratioByUser: {validation: 0.2, test: 0.2, seed: 2}}", csv: csv)
    let test = Self.rows(one.test, one)
    // Of thirty rows of a user exactly six test, at places that differ from user to user.
    let places = (0..<10).map { user in test.filter { $0 / 30 == user }.map { $0 % 30 } }
    #expect(places.allSatisfy { $0.count == 6 })
    #expect(Set(places).count == 10)
    #expect(test != Self.rows(other.test, other))
  }

  /// Any number of threads and any division into parts splits alike.
  @Test(arguments: ["{lastByUser: {}}", "{ratioByUser: {validation: 0.2, test: 0.2}}"])
  func isTheSameForAnyThreadsAndParts(split: String) throws {
    let random = RandomSource(seed: 9, .test)
    let csv =
      "user,item,at,y,shop\n"
      + (0..<200).map { row in
        let i = UInt64(row)
        return "u\(random.index(below: 30, i, 1)),i\(random.index(below: 9, i, 2)),"
          + "\(random.index(below: 12, i, 3)),\(row),s\n"
      }.joined()
    let whole = try Self.load(split, csv: csv, threads: 1)
    for threads in 1...3 {
      for partBytes in [1, 64, 700] {
        let other = try Self.load(split, csv: csv, partBytes: partBytes, threads: threads)
        #expect(other.contents == whole.contents, "\(threads) threads, \(partBytes) bytes")
        #expect(other.fingerprint == whole.fingerprint)
        #expect(other.notices == whole.notices)
      }
    }
  }

  /// Nobody has enough rows.
  @Test func saysThatNothingIsHeldOut() {
    let error = #expect(throws: ReaderError.self) {
      try Self.load("{lastByUser: {validation: 9, test: 9}}")
    }
    guard case .noRows("validation", "t", let reasons)? = error, let reason = reasons.first else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("3 of 3 users"))
    #expect(error?.description.contains("found: 0 rows; \(reason)") == true)
  }

  /// Times of two kinds have no order.
  @Test func refusesTimesOfTwoKinds() throws {
    let csv = Self.csv.replacing("a,q,10,", with: "a,q,2020-01-01,")
    let error = #expect(throws: ReaderError.self) { try Self.load("{lastByUser: {}}", csv: csv) }
    guard case .time(.mixedTimes(let column, _, let second, .interactions))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(column == "at" && second.line == 4)
    let words = try #require(error).description
    #expect(words.contains("that `interactions.time` names") && !words.contains("split"))
    #expect(words.contains("as in `interactions: {…, unit: seconds}`"))
    let none = #expect(throws: ReaderError.self) {
      try Self.load("{lastByUser: {}}", csv: Self.csv.replacing("a,q,10,", with: "a,q,soon,"))
    }
    #expect(
      none
        == .notATime(
          path: "t.csv", line: 4, column: "at", found: "soon", purpose: .interactions))
  }

  /// What comes by standard input is gone when the users are known.
  @Test func refusesToSplitWhatIsReadOnce() throws {
    let schema = try DatasetSchema(yaml: Self.schema("{lastByUser: {}}"), path: "s.yaml")
    let data = try Self.load("{lastByUser: {}}")
    let encoding = try #require(data.savedEncoding)
    var piped = schema
    piped.files = .all(FileList("-"))
    var wants = RowStream.Wants()
    wants.split = .test
    let error = #expect(throws: RowReadingError.self) {
      _ = try RowStream(
        encoding, .schema(piped, .memory(["-": Data(Self.csv.utf8)])), wants: wants, threads: 1)
    }
    #expect(error == .reader(.file(.readOnce(path: "standard input"))))
    let message = try #require(error).description
    #expect(message.contains("write the rows to a file"))
  }

  /// Runs are compared on the same rows, users and times.
  @Test func isPartOfTheFingerprint() throws {
    let data = try Self.load("{lastByUser: {}}")
    var other = data
    other.interactions = nil
    #expect(other.fingerprint != data.fingerprint)
    let text = Self.schema("{lastByUser: {}}").replacing(
      "kind: ranking", with: "kind: ranking, sampled: {negatives: 5}")
    let sampled = try Table(csv: Self.csv, schema: text).load()
    #expect(sampled.tasks[1].sampled?.negatives == 5)
    #expect(sampled.fingerprint != data.fingerprint)
    let byFile = try Table(
      csv: Self.csv,
      schema: Self.schema("{ratioByUser: {validation: 0.3, test: 0.3}}")
        .replacing(", time: at", with: "")
    ).load()
    let byTime = try Self.load("{ratioByUser: {validation: 0.3, test: 0.3}}")
    #expect(byFile.contents == byTime.contents)
    #expect(byFile.fingerprint != byTime.fingerprint)
  }

  /// Times may keep the order of each user's rows and change which of an item's rows is the newest.
  @Test func theOrderOfAnItemsRowsIsPartOfTheFingerprint() throws {
    // a and b of eight items each, of which five train: two items at least have both.
    func csv(_ first: Int) -> String {
      let rows = (0..<8).map { "a,i\($0),\(10 + $0),0,s\nb,i\($0),\(first + $0),1,s\n" }
      return "user,item,at,y,shop\n" + rows.joined()
    }
    let split = "{ratioByUser: {validation: 0.25, test: 0.125}}"
    let (early, late) = (
      try Self.load(split, csv: csv(0)), try Self.load(split, csv: csv(20))
    )
    #expect(early.contents == late.contents)
    let (one, other) = try (
      #require(early.interactions), #require(late.interactions)
    )
    #expect(one.users.allSatisfy { Array(one.rows(ofUser: $0)) == Array(other.rows(ofUser: $0)) })
    #expect(early.fingerprint != late.fingerprint)
  }
}
