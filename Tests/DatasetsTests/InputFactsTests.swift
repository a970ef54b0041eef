import Foundation
import Testing

@testable import Datasets

/// What inputs hold in the training rows, counted by hand; further rows hold other things.
@Suite struct InputFactsTests {
  private let log = """
    u,p,f,i,a,s
    ,1,5,k,1,n
    ,4,5,k,0,n
    x,2,5,m,1,n
    x,2,5,m,0,n
    y,3,5,k,0,n
    y,9,6,m,1,v
    z,0,7,k,0,t

    """

  private func load() throws -> Dataset {
    let schema = try DatasetSchema(
      yaml: """
        name: facts
        files: {all: log.csv}
        columns:
          u: {type: categorical, minimumCount: 2}
          p: {type: numeric, indicator: true}
          f: {type: numeric, indicator: true}
        join: [{file: items.csv, key: {log: i, table: id}, columns: {q: {type: numeric}}}]
        tasks: {a: {column: a}}
        split: {column: s, validation: v, test: t}
        """, path: "schema.yaml")
    let files = ["log.csv": Data(log.utf8), "items.csv": Data("id,q\nk,\nm,7\n".utf8)]
    return try DatasetLoader(schema, from: .memory(files), threads: 2).load()
  }

  @Test func countsTrainingRows() throws {
    let inputs = try load().inputs
    #expect(inputs.map(\.name) == ["u", "p", "f", "q"])
    #expect(inputs.map(\.rows) == [5, 5, 5, 5])
    // Three training rows have k, whose q is missing.
    #expect(inputs.map(\.missing) == [2, 0, 0, 3])
    #expect(inputs.map(\.distinct) == [2, 0, 0, 0])
    // x stands in two training rows, y in one.
    #expect(inputs.map(\.kept) == [1, 0, 0, 0])
    #expect(inputs.map(\.range) == [nil, 1...4, 5...5, 7...7])
    // An indicator of f is 1 in every row.
    #expect(inputs.map(\.fault) == [nil, nil, .neverVaries, .neverVaries])
  }

  /// log(1 + v), the other way round below 0.
  @Test func logarithmsOfBothSigns() {
    let logarithm = Foundation.log(4.0)
    #expect(abs(DenseFeature.Form.signedLogarithm(3) - logarithm) < 1e-15)
    #expect(abs(DenseFeature.Form.signedLogarithm(-3) + logarithm) < 1e-15)
    let form = DenseFeature.Form.logarithm(mean: 1, deviation: 2)
    #expect(form.apply(-3) == Float((-logarithm - 1) / 2) && form.apply(.nan) == 0)
    #expect([2, 0, -1, .nan].map { DenseFeature.Form.indicator.apply($0) } == [1, 0, 0, 0])
  }
}
