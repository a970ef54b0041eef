import Datasets
import Tensors
import Testing

/// Who met what in the training rows, by hand.
@Suite struct InteractionsTests {
  /// Fields context, item, user; five items and three users beside the unknown ones.
  private static let features = FeatureSchema(
    fields: [
      CategoricalField(name: "context", vocabulary: 9),
      CategoricalField(name: "item", vocabulary: 6),
      CategoricalField(name: "user", vocabulary: 4),
    ], dense: [])

  private static func examples(_ rows: [[Int32]]) -> Examples {
    Examples(
      count: rows.count, ids: Storage(rows.flatMap { $0 }), dense: Storage([]),
      labels: Storage(rows.map { _ in Float(1) }))
  }

  /// Item and user of each row; the context stands where a wrong field would be read.
  private static let rows = examples([
    [8, 4, 1], [8, 2, 3], [8, 4, 1], [8, 1, 1], [8, 0, 3], [8, 5, 0], [8, 2, 1], [8, 4, 3],
  ])

  private static func interactions(_ times: [Int64] = []) -> Interactions {
    Interactions(rows, features, user: 2, item: 1, times: times)
  }

  @Test func listsItemsOnceAndRising() {
    let met = Self.interactions()
    let items = (0..<4).map { Array(met.items(ofUser: $0)) }
    #expect(items == [[5], [1, 2, 4], [], [0, 2, 4]])
    #expect(met.itemCounts == [1, 1, 2, 0, 3, 1])
    #expect(met.users == OwnIds(1..<4) && met.items == OwnIds(1..<6))
    #expect(met.userField == 2 && met.itemField == 1)
  }

  @Test func listsRowsInTheOrderOfTheFile() {
    let met = Self.interactions()
    let users = (0..<4).map { Array(met.rows(ofUser: $0)) }
    let items = (0..<6).map { Array(met.rows(ofItem: $0)) }
    #expect(users == [[5], [0, 2, 3, 6], [], [1, 4, 7]])
    #expect(items == [[4], [3], [1, 6], [], [0, 2, 7], [5]])
  }

  /// The earliest first; rows of one time stay in the order of the file.
  @Test func listsRowsByTime() {
    let met = Self.interactions([5, 9, 5, -2, 9, 0, 5, 1])
    let users = (0..<4).map { Array(met.rows(ofUser: $0)) }
    let items = (0..<6).map { Array(met.rows(ofItem: $0)) }
    #expect(users == [[5], [3, 0, 2, 6], [], [7, 1, 4]])
    #expect(items == [[4], [3], [6, 1], [], [7, 0, 2], [5]])
  }

  @Test func knowsWhatWasSeen() {
    let met = Self.interactions()
    let seen = (0..<4).map { user in (0..<6).filter { met.hasSeen($0, by: Int32(user)) } }
    #expect(seen == [[5], [1, 2, 4], [], [0, 2, 4]])
  }

  /// Users 1 and 3 met 1, 2, 4 and 2, 4 of the known items; items 1, 2, 4 and 5 are in 1, 2, 3 and 1
  /// rows, of which that of item 5 is an unknown user's.
  @Test func describesHowDenselyTheyMeet() {
    let met = InteractionDescription(Self.interactions())
    #expect(met.users == 2 && met.items == 4 && met.pairs == 5)
    #expect(met.density == 5.0 / 8)
    #expect(met.itemsOfUser.median == 2 && met.itemsOfUser.most == 3)
    #expect(met.rowsOfItem.median == 1 && met.rowsOfItem.most == 3)
  }

  /// Data that were made have ids from 0 on.
  @Test func countsTheFirstIdWhereItIsOne() {
    let met = Interactions(
      Self.rows, Self.features, user: 2, item: 1, hasUnknown: false)
    #expect(met.users == OwnIds(0..<4) && met.items == OwnIds(0..<6))
  }

  /// Of ids 1…5 without 3: in order, each once, and the way back; a missing id that is none of them
  /// leaves all.
  @Test func idsWithoutTheMissingOne() {
    let some = OwnIds(1..<6, without: 3)
    #expect(Array(some) == [1, 2, 4, 5] && some.count == 4)
    #expect(some.map { some.index(of: $0) } == [0, 1, 2, 3])
    #expect((-1..<8).filter { some.contains($0) } == [1, 2, 4, 5])
    #expect(Array(OwnIds(1..<4, without: 1)) == [2, 3])
    #expect(Array(OwnIds(1..<4, without: 3)) == [1, 2])
    #expect(Array(OwnIds(1..<4, without: 0)) == [1, 2, 3])
    #expect(OwnIds(3..<4, without: 3).isEmpty && OwnIds(0..<0).isEmpty)
  }

  /// Rows that name nobody have user 3, those of nothing item 2: neither is a user or an item, and
  /// nobody has met nothing; lists and counts hold the rows still.
  @Test func takesNobodyForAUser() {
    var features = Self.features
    var fields = InteractionFields(user: 2, item: 1)
    (fields.missingUser, fields.missingItem) = (3, 2)
    features.interactions = fields
    let met = Interactions(Self.rows, features, user: 2, item: 1)
    #expect(Array(met.users) == [1, 2] && Array(met.items) == [1, 3, 4, 5])
    #expect((0..<6).filter { met.hasSeen($0, by: 3) } == [])
    #expect((0..<6).filter { met.hasSeen($0, by: 1) } == [1, 2, 4])
    #expect(Array(met.rows(ofUser: 3)) == [1, 4, 7] && met.itemCounts[2] == 2)
    let described = InteractionDescription(met)
    #expect(described.users == 1 && described.items == 3 && described.pairs == 2)
    #expect(fields.areNamed(user: 1, item: 1) && fields.areNamed(user: 0, item: 0))
    #expect(!fields.areNamed(user: 3, item: 1) && !fields.areNamed(user: 1, item: 2))
  }

  /// Of any rows: lists hold each row once, items are those of the rows, counts are those of the lists.
  @Test(arguments: [UInt64(1), 2, 3]) func agreesWithTheRows(seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    let (rows, width) = (200, Self.features.fields.count)
    let ids = (0..<rows).flatMap { row -> [Int32] in
      let index = UInt64(row)
      return [
        0, Int32(random.index(below: 6, index, 1)), Int32(random.index(below: 4, index, 2)),
      ]
    }
    let times = (0..<rows).map { Int64(random.index(below: 30, UInt64($0), 3)) }
    let examples = Examples(
      count: rows, ids: Storage(ids), dense: Storage([]),
      labels: Storage(count: rows, filling: 1))
    let met = Interactions(examples, Self.features, user: 2, item: 1, times: times)
    for user in 0..<4 {
      let own = (0..<rows).filter { ids[$0 * width + 2] == Int32(user) }
      let listed = met.rows(ofUser: Int32(user)).map { Int($0) }
      #expect(listed.sorted() == own)
      let keys = listed.map { [Int(times[$0]), $0] }
      let isByTime = zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
      #expect(isByTime)
      let items = Set(own.map { ids[$0 * width + 1] }).sorted()
      #expect(Array(met.items(ofUser: Int32(user))) == items)
    }
    for item in 0..<6 {
      let own = (0..<rows).filter { ids[$0 * width + 1] == Int32(item) }
      #expect(met.rows(ofItem: Int32(item)).map { Int($0) }.sorted() == own)
      #expect(met.itemCounts[item] == Int32(own.count))
    }
  }
}
