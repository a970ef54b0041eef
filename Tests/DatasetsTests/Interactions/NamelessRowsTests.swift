import Tensors
import Testing

@testable import Datasets

/// Rows that name no user are not one user with many rows.
@Suite struct NamelessRowsTests {
  private static let schema = """
    name: t
    files: {all: t.csv}
    columns:
      user: {type: categorical, minimumCount: 2}
      item: {type: categorical, minimumCount: 1}
      review: {type: text, maximumTokens: 6, minimumCount: 1}
    interactions: {user: user, item: item, time: t}
    reviews: {of: review, perUser: 3, perItem: 3}
    tasks:
      rating: {column: rating, kind: regression}
      next: {kind: ranking}
      why: {kind: text, column: review}
    split: {ratio: {validation: 0.2, test: 0.2}}
    """

  /// Six rows of each of 8 users, and 30 rows without a user, among the others.
  private static let csv: String = {
    var lines = ["user,item,rating,t,review"]
    for row in 0..<78 {
      let isNamed = row % 13 < 8
      let user = isNamed ? "u\(row % 13)" : ""
      lines.append(
        "\(user),i\((row * 7 + row / 13) % 12),\(1 + row % 5),\(row),good sound w\(row % 3)")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  private static func load(_ csv: String = csv, _ schema: String = schema) throws -> Dataset {
    try Table(csv: csv, schema: schema).load()
  }

  @Test(arguments: [60, 1 << 20]) func nobodyIsNoUser(partBytes: Int) throws {
    let data = try Table(csv: Self.csv, schema: Self.schema, partBytes: partBytes).load()
    let fields = try #require(data.features.interactions)
    let met = try #require(data.interactions)
    let nobody = try #require(fields.missingUser)
    let names = data.features.fields[fields.user].categories
    #expect(names[Int(nobody)] == "" && fields.missingItem == nil)
    let users = met.users.map { names[Int($0)] }
    #expect(!users.isEmpty && users.allSatisfy { $0.hasPrefix("u") })
    #expect(users.count == names.count - 2)
    #expect(InteractionDescription(met).users == users.count)
    #expect(data.notices.filter { $0.contains("no user") }.count == 1)
    let words = "30 rows name no user: no ranking and no gathering of texts takes them for one"
    #expect(data.notices.contains(words))
  }

  /// Each trains the rating, is outside of the ranking, and is given no texts of a user.
  @Test func suchRowsTrainRatingsAlone() throws {
    let data = try Self.load()
    let nobody = try #require(data.features.interactions?.missingUser)
    let text = try #require(data.text)
    let slots = ReviewSlots(
      first: 2, userTexts: 3, itemTexts: 3, tokens: 6, concepts: 0, target: 6)
    let gathering = ReviewGathering(
      text, data.interactions, training: data.training, slots: slots)
    let memory = Storage<Int32>(count: 2 + slots.count, filling: 0)
    var (named, nameless) = (0, 0)
    for row in 0..<data.training.count {
      let ids = data.training.ids.base + row * 2
      gathering.fill(memory.base, user: ids[0], item: ids[1], text: Int32(row))
      let hasTexts = slots.userNumbers.contains { memory[$0] != 0 }
      let spaces = (0..<3).map { data.training.spaces?[row * 3 + $0] }
      guard ids[0] == nobody else {
        named += hasTexts ? 1 : 0
        continue
      }
      nameless += 1
      #expect(!hasTexts && spaces == [1, 0, 1])
      #expect(data.training.labels[row * 3 + 1] == 0)
    }
    #expect(nameless > 10 && named > 10)
  }

  /// A mark that is a user to one schema and missing to another: the same ids, not the same data.
  @Test func fingerprintsTellNobodyApart() throws {
    func schema(_ missing: String) -> String {
      """
      name: t
      files: {all: t.csv}
      missing: "\(missing)"
      columns: {user: {type: categorical, minimumCount: 1}, item: {type: categorical, minimumCount: 1}}
      interactions: {user: user, item: item}
      tasks: {rating: {column: rating, kind: regression}}
      split: {ratio: {validation: 0.2, test: 0.2}}
      """
    }
    let csv = Self.csv.replacing("\n,", with: "\n-,")
    let (dashed, asked) = (try Self.load(csv, schema("-")), try Self.load(csv, schema("?")))
    #expect(dashed.training.ids.array == asked.training.ids.array)
    #expect(dashed.features.interactions?.missingUser != nil)
    #expect(asked.features.interactions?.missingUser == nil)
    #expect(dashed.fingerprint != asked.fingerprint)
    #expect(!asked.notices.contains { $0.contains("no user") })
  }

  /// Where the column of items has gaps, these are no item.
  @Test func nothingIsNoItem() throws {
    let csv = Self.csv.replacing(",i3,", with: ",,")
    let data = try Self.load(csv)
    let fields = try #require(data.features.interactions)
    let nothing = try #require(fields.missingItem)
    let names = data.features.fields[fields.item].categories
    #expect(names[Int(nothing)] == "")
    #expect(data.interactions?.items.contains(nothing) == false)
    #expect(data.notices.contains { $0.contains("rows name no item: ") })
  }
}
