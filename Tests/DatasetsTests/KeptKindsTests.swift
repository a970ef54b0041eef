import Runs
import Tensors
import Testing

@testable import Datasets

/// A data set with the tasks of some kinds alone.
@Suite struct KeptKindsTests {
  /// Labels and spaces of the tasks that stay, row by row; everything else is as it was.
  @Test func labelsFollowTheirTasks() throws {
    let csv = """
      user,price,click,watch,split
      a,1,0,10,x
      b,2,1,20,x
      a,3,1,30,v
      c,5,0,40,t

      """
    let all = try Table(
      csv: csv,
      schema: """
        name: table
        files: {all: t.csv}
        columns:
          user: {type: categorical, minimumCount: 1}
          item: {type: categorical, minimumCount: 1, from: price}
          price: {type: numeric}
        interactions: {user: user, item: item}
        tasks:
          items: {kind: ranking}
          click: {column: click}
          said: {kind: ranking, space: {column: click, equals: "1"}}
          watch: {column: watch, kind: regression, space: {column: click, equals: "1"}}
        split: {column: split, validation: v, test: t}
        """
    ).load()
    let some = all.keeping(kinds: [.binary, .regression])
    #expect(some.tasks == [all.tasks[1], all.tasks[3]])
    #expect(some.training.labels.array == [0, 0, 1, 0])
    #expect(some.training.spaces?.array == [1, 0, 1, 1])
    #expect(some.test.labels.array == [0, 0] && some.test.spaces?.array == [1, 0])
    #expect(some.training.ids === all.training.ids && some.features == all.features)
    #expect(some.savedEncoding?.tasks == some.tasks)
    #expect(some.savedEncoding?.schema.tasks.map(\.name) == ["click", "watch"])
    #expect(all.keeping(kinds: Set(LabelKind.allCases)).training === all.training)
  }
}
