import Foundation
import Tensors
import Testing

@testable import Datasets

/// The result does not depend on threads and parts.
@Suite struct ReaderInvarianceTests {
  private static let schema = """
    name: t
    files: {all: t.csv}
    quoted: true
    missing: "?"
    columns:
      id: {type: categorical, input: true}
      number: {type: numeric, log1p: true, indicator: true}
    tasks:
      y:
        {column: y, kind: regression, labelMissing: skip,
         space: {column: id, in: ["a", "b,", "c\\nd", "5\\""]}}
    split: {ratio: {validation: 0.2, test: 0.2, seed: 3}}
    """

  /// Fields that a parser might stumble on.
  private static let fields = [
    "a", "\"b,\"", "\"c\nd\"", "5\"", "\"5\"\"\"", "", "\"\"", "\"\"\"\"", "\"\r\n\"",
  ]

  private static func csv(seed: UInt64, rows: Int) -> String {
    let random = RandomSource(seed: seed, .test)
    var text = "id,\"number\",y\n"
    for row in 0..<rows {
      let i = UInt64(row)
      let number = random.index(below: 5, i, 1) == 0 ? "?" : "\(random.index(below: 999, i, 2))"
      text += "\(fields[random.index(below: fields.count, i, 3)]),\(number),\(row)"
      text += ["\n", "\r\n", "\n\n"][random.index(below: 3, i, 4)]
    }
    return text
  }

  @Test(arguments: 1...20)
  func isTheSameForAnyThreadsAndParts(seed: UInt64) throws {
    let random = RandomSource(seed: seed, .test)
    let rows = 30 + random.index(below: 200, 0, 9)
    var table = Table(csv: Self.csv(seed: seed, rows: rows), schema: Self.schema, threads: 1)
    let whole = try table.load()
    #expect(whole.training.count + whole.validation.count + whole.test.count == rows)
    for threads in 1...3 {
      for _ in 0..<3 {
        table.threads = threads
        table.partBytes = 1 + random.index(below: 400, UInt64(threads), 10)
        let note = "seed \(seed), \(threads) threads, parts of \(table.partBytes) bytes"
        #expect(try table.load().contents == whole.contents, "\(note)")
      }
    }
  }

  @Test func readsWhatWasWritten() throws {
    let texts = ["a", "b,", "c\nd", "5\"", "5\"", "", "", "\"", "\r\n"]
    let data = try Table(csv: Self.csv(seed: 4, rows: 300), schema: Self.schema, partBytes: 50)
      .load()
    let random = RandomSource(seed: 4, .test)
    let splits = RandomSource(seed: 3, .split)
    var row = 0
    for i in 0..<300 where splits.uniform(UInt64(i)) >= 0.4 {
      let text = texts[random.index(below: texts.count, UInt64(i), 3)]
      let inputs = data.inputs(ofRow: row, in: data.training)
      #expect(inputs[0].value == (text.isEmpty ? "(empty)" : text))
      if random.index(below: 5, UInt64(i), 1) != 0 {
        #expect(inputs[1].value == "\(random.index(below: 999, UInt64(i), 2))")
      }
      row += 1
    }
    #expect(row == data.training.count)
  }
}
