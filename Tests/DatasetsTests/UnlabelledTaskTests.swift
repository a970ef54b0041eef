import Runs
import Testing

@testable import Datasets

/// Tasks whose kind has no label column: their label is 1 wherever a row counts for them.
@Suite struct UnlabelledTaskTests {
  /// `items` counts for every row, `bought` for those that were clicked.
  private var table: Table {
    Table(
      csv: """
        user,price,click,split
        a,1,0,x
        b,2,1,x
        a,2,1,v
        b,1,0,t

        """,
      schema: """
        name: table
        files: {all: t.csv}
        columns:
          user: {type: categorical, minimumCount: 1}
          item: {type: categorical, minimumCount: 1, from: price}
          price: {type: numeric}
        interactions: {user: user, item: item}
        tasks:
          click: {column: click}
          items: {kind: ranking}
          bought: {kind: ranking, space: {column: click, equals: "1"}, weight: 0.5}
        split: {column: split, validation: v, test: t}
        """)
  }

  @Test func theLabelIsOneWhereARowCounts() throws {
    let data = try table.load()
    #expect(data.tasks.map(\.kind) == [.binary, .ranking, .ranking])
    #expect(data.tasks.map(\.scale) == [LabelScale(), LabelScale(), LabelScale()])
    #expect(data.tasks[2].weight == 0.5)
    #expect(data.training.labels.array == [0, 1, 0, 1, 1, 1])
    #expect(data.training.spaces?.array == [1, 1, 0, 1, 1, 1])
  }

  /// Neither positives nor a mean nor a deviation are said of them, and nothing is undefined.
  @Test func factsAreTheirRows() throws {
    let facts = try table.load().facts
    let items = facts.tasks[1]
    #expect(items.sentence == "items: 2 rows train, 1 row validate, 1 row test")
    #expect(items.training.positives == 0 && items.training.mean.isNaN)
    #expect(facts.tasks[2].test.rows == 0)
    #expect(facts.notices.contains("bought has no test row, so no test score"))
    #expect(!facts.notices.contains { $0.contains("items is") || $0.contains("bought is") })
  }
}
