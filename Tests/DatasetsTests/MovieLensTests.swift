import Foundation
import Testing

@testable import Datasets

/// The recipes on small files of the same format, and on the real ones where there are any.
@Suite struct MovieLensTests {
  /// Eight ratings of each of five users; the times of a user fall as often as they rise.
  private static let rows = (0..<40).map { row in
    (
      user: row % 5 + 1, film: row * 7 % 11 + 1, stars: row * 3 % 5 + 1,
      time: 978_300_000 + row * 13 % 17
    )
  }

  private static func text(_ delimiter: String) -> String {
    rows.map { "\($0.user)\(delimiter)\($0.film)\(delimiter)\($0.stars)\(delimiter)\($0.time)\n" }
      .joined()
  }

  private func load(_ name: String, in folder: String) throws -> Dataset {
    let recipe = try #require(Recipe.named(name))
    return try DatasetLoader(
      recipe.schema(in: folder), from: .folder(folder, hint: recipe.origin), threads: 2
    ).loadTwice()
  }

  /// Tabs without a header, or two colons; plain or packed.
  @Test(arguments: [
    ("movielens-100k", "u.data", "\t"), ("movielens-1m", "ratings.dat.gz", "::"),
  ])
  func readsEveryForm(name: String, file: String, delimiter: String) throws {
    let data = try withFolder { folder in
      let bytes = Data(Self.text(delimiter).utf8)
      try (file.hasSuffix(".gz") ? gzip(bytes) : bytes)
        .write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
      return try load(name, in: folder)
    }
    #expect(data.tasks.map(\.name) == ["rating", "ranking"])
    #expect(data.tasks.map(\.kind) == [.regression, .ranking])
    #expect(data.tasks.map(\.sampled) == [nil, NegativeSampling(negatives: 4)])
    #expect(data.features.fields.map(\.name) == ["user", "film"])
    #expect(data.features.dense.isEmpty)
    #expect(data.training.count + data.validation.count + data.test.count == 40)
    #expect(data.features.fields[0].categories.count == 6)
    let met = try #require(data.interactions)
    #expect(met.users == OwnIds(1..<6))
    // All ratings are there, each with its stars.
    let names = data.features.fields.map(\.categories)
    var found: [String] = []
    for examples in [data.training, data.validation, data.test] {
      for row in 0..<examples.count {
        let (user, film) = (Int(examples.ids[row * 2]), Int(examples.ids[row * 2 + 1]))
        let stars = data.tasks[0].scale.original(Double(examples.labels[row * 2])).rounded()
        found.append("\(names[0][user]) \(film == 0 ? "" : names[1][film]) \(Int(stars))")
      }
    }
    let known = Set(names[1].dropFirst())
    let expected = Self.rows.map {
      "\($0.user) \(known.contains("\($0.film)") ? "\($0.film)" : "") \($0.stars)"
    }
    #expect(found.sorted() == expected.sorted())
  }

  @Test func saysWhereFilesComeFrom() throws {
    try withFolder { folder in
      let recipe = try #require(Recipe.named("movielens-1m"))
      #expect(
        throws: ReaderError.missingFile(path: "\(folder)/ratings.dat", hint: recipe.origin)
      ) { try load("movielens-1m", in: folder) }
    }
  }

  @Test(
    .enabled(
      if: movieLens100kFolder != nil, "MOVIELENS_100K_DIR is not set: the folder of u.data"))
  func readsTheReal100k() throws {
    let data = try load("movielens-100k", in: try #require(movieLens100kFolder))
    #expect(data.training.count + data.validation.count + data.test.count == 100_000)
    #expect(data.interactions?.users == OwnIds(1..<944))
  }

  @Test(
    .enabled(
      if: movieLens1mFolder != nil, "MOVIELENS_1M_DIR is not set: the folder of ratings.dat"))
  func readsTheReal1m() throws {
    let data = try load("movielens-1m", in: try #require(movieLens1mFolder))
    #expect(data.training.count + data.validation.count + data.test.count == 1_000_209)
    #expect(data.interactions?.users == OwnIds(1..<6041))
  }
}

private let movieLens100kFolder = ProcessInfo.processInfo.environment["MOVIELENS_100K_DIR"]
private let movieLens1mFolder = ProcessInfo.processInfo.environment["MOVIELENS_1M_DIR"]
