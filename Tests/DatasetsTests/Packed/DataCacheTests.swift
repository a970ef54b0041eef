import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("The cache of data") struct DataCacheTests {
  private static let schema = """
    name: my shop
    files: {all: t.csv}
    columns: {user: {type: categorical}, price: {type: numeric}}
    tasks: {click: {column: click}}
    split: {ratio: {validation: 0.2, test: 0.2, seed: 3}}
    """

  private func cache(
    _ folder: String, _ yaml: String = Self.schema, program: String = "1", fallback: String? = nil
  ) throws -> DataCache {
    DataCache(
      of: try DatasetSchema(yaml: yaml, path: "s.yaml"), in: folder, program: program,
      fallback: fallback)
  }

  /// Reads by a cache; `count` counts how often files are read.
  private func read(
    _ cache: DataCache, _ folder: String, yaml: String = Self.schema,
    threshold: Duration = .zero, counting count: inout Int
  ) throws -> Dataset {
    try cache.dataset(threads: 1, threshold: threshold, progress: { _, _ in }) {
      count += 1
      return try DatasetLoader(
        DatasetSchema(yaml: yaml, path: "s.yaml"), from: .folder(folder), threads: 1
      ).load()
    }
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    try withFolder { folder in
      try write(Array(PackedFixture.csv(rows: 200).utf8), "\(folder)/t.csv")
      try body(folder)
    }
  }

  @Test("is made where reading takes long, used afterwards, and both are said") func madeAndUsed()
    throws
  {
    try inFolder { folder in
      let cache = try cache(folder)
      #expect(cache.places.count == 1)
      let place = cache.places[0]
      let beside = URL(fileURLWithPath: "\(folder)/.my_shop-").standardizedFileURL.path
      #expect(place.hasPrefix(beside) && place.hasSuffix(".mtl-tui-cache"), "\(place)")
      var count = 0
      let quick = try read(cache, folder, threshold: .seconds(100), counting: &count)
      #expect(quick.readingNotices.isEmpty && cache.state(at: cache.places[0]) == .absent)
      let first = try read(cache, folder, counting: &count)
      #expect(
        first.readingNotices.count == 1 && first.readingNotices[0].contains("kept in the cache"))
      let second = try read(cache, folder, counting: &count)
      #expect(count == 2 && cache.state(at: cache.places[0]) == .fresh)
      #expect(second.readingNotices.count == 1 && second.readingNotices[0].contains("--no-cache"))
      #expect(second.contents == first.contents && second.fingerprint == first.fingerprint)
      #expect(second.notices == first.notices)
      #expect(try cache.clear() == cache.places)
      #expect(try cache.clear() == [] && !FileManager.default.fileExists(atPath: place))
    }
  }

  @Test("is not used once a file, its time, the schema, the group or the program is another")
  func stale() throws {
    try inFolder { folder in
      var count = 0
      let own = try cache(folder)
      _ = try read(own, folder, counting: &count)
      let place = own.places[0]
      #expect(own.state(at: place) == .fresh)
      #expect(try cache(folder, program: "2").state(at: place) != .fresh)
      let other = Self.schema.replacingOccurrences(of: "seed: 3", with: "seed: 4")
      #expect(try cache(folder, other).state(at: place) != .fresh)
      let grouped = DataCache(
        of: try DatasetSchema(yaml: Self.schema, path: "s").grouped(by: "user"), in: folder,
        program: "1", fallback: nil)
      #expect(grouped.state(at: place) != .fresh)
      // A comment changes nothing that is read.
      #expect(try cache(folder, "# a comment\n" + Self.schema).state(at: place) == .fresh)
      let path = "\(folder)/t.csv"
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: path)
      let touched = try read(own, folder, threshold: .seconds(100), counting: &count)
      #expect(
        count == 2
          && touched.readingNotices.first?.contains("t.csv has another size or time") == true)
      _ = try read(own, folder, counting: &count)
      #expect(own.state(at: place) == .fresh && count == 3)
      // The same time and another size.
      let row = bytes.dropLast().split(separator: UInt8(ascii: "\n")).last ?? []
      try write(bytes + row + [UInt8(ascii: "\n")], path)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: path)
      #expect(own.state(at: place) != .fresh)
      // A truth that comes beside the rows may say what they are worth.
      _ = try read(own, folder, counting: &count)
      #expect(own.state(at: place) == .fresh)
      try write([1], "\(folder)/truth.json")
      #expect(own.state(at: place) != .fresh)
    }
  }

  @Test("is one for each schema, whatever its name, and each group") func several() throws {
    try inFolder { folder in
      func cache(_ yaml: String, at path: String = "a.yaml", group: String? = nil) throws
        -> DataCache
      {
        DataCache(
          of: try DatasetSchema(yaml: yaml, path: path).grouped(by: group), at: path, in: folder,
          program: "1", fallback: "\(folder)/home")
      }
      let like = Self.schema.replacingOccurrences(of: "my shop", with: "my_shop")
      let all = try [
        cache(Self.schema), cache(Self.schema, at: "b.yaml"), cache(Self.schema, group: "user"),
        cache(like),
      ]
      for which in 0..<2 { #expect(Set(all.map { $0.places[which] }).count == 4) }
      var count = 0
      for (index, yaml) in [Self.schema, Self.schema, Self.schema, like].enumerated() {
        _ = try read(all[index], folder, yaml: yaml, counting: &count)
      }
      #expect(all.allSatisfy { $0.state(at: $0.places[0]) == .fresh })
      #expect(try all[0].clear() == [all[0].places[0]])
      #expect(all.map { $0.state(at: $0.places[0]) } == [.absent, .fresh, .fresh, .fresh])
      // The same schema by another way of writing its path, and changed in what it says.
      let other = Self.schema.replacingOccurrences(of: "seed: 3", with: "seed: 4")
      #expect(try cache(other, at: "./x/../a.yaml").places == all[0].places)
    }
  }

  @Test("that is damaged is said and read past") func damaged() throws {
    try inFolder { folder in
      var count = 0
      let own = try cache(folder)
      let first = try read(own, folder, counting: &count)
      let packed = try PackedFolder(path: own.places[0])
      let path = "\(own.places[0])/\(packed.header.rows)/training.ids.i32"
      var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      bytes[5] ^= 1
      try write(bytes, path)
      let second = try read(own, folder, threshold: .seconds(100), counting: &count)
      #expect(count == 2 && second.contents == first.contents)
      #expect(second.readingNotices.first?.contains("block 0 is damaged") == true)
    }
  }

  @Test("is not used once other rows come into its place while it is checked") func exchanged()
    throws
  {
    try inFolder { folder in
      var count = 0
      let own = try cache(folder)
      let place = own.places[0]
      let first = try read(own, folder, counting: &count)
      let rows = try PackedFolder(path: place).header.rows
      // Else nothing is checked.
      try? FileManager.default.removeItem(atPath: "\(place)/\(rows)/\(PackStamp.fileName)")
      let other = try PackedFixture.all[1].load()
      var isExchanged = false
      let second = try own.dataset(
        threads: 1, threshold: .seconds(100),
        progress: { _, what in
          guard !isExchanged, what.hasPrefix("checking") else { return }
          isExchanged = true
          try? other.pack(to: place)
        }
      ) {
        count += 1
        return try DatasetLoader(
          DatasetSchema(yaml: Self.schema, path: "s.yaml"), from: .folder(folder), threads: 1
        ).load()
      }
      #expect(isExchanged && count == 2 && second.contents == first.contents)
      #expect(second.readingNotices.count == 1, "\(second.readingNotices)")
      #expect(second.readingNotices.first?.contains("version 0 of the program") == true)
    }
  }

  @Test("keeps what is known of the truth") func judged() throws {
    try inFolder { folder in
      let own = try cache(folder)
      func read() throws -> Dataset {
        try own.dataset(
          threads: 1, threshold: .zero, progress: { _, _ in },
          judge: {
            var judged = $0
            (judged.bounds, judged.boundNotice) = (["click": 0.75], "a notice")
            return judged
          }
        ) {
          try DatasetLoader(
            DatasetSchema(yaml: Self.schema, path: "s.yaml"), from: .folder(folder), threads: 1
          ).load()
        }
      }
      #expect(try read().bounds.isEmpty)
      let kept = try read()
      #expect(kept.training.packed != nil)
      #expect(kept.bounds == ["click": 0.75] && kept.boundNotice == "a notice")
    }
  }

  @Test("says of each place why it is not used, also where a later one is") func notices() throws {
    try inFolder { folder in
      let own = try cache(folder, fallback: "\(folder)/home")
      try write([1], own.places[0])
      var count = 0
      _ = try read(own, folder, counting: &count)
      try FileManager.default.removeItem(atPath: own.places[0])
      try PackedFixture.all[1].load().pack(to: own.places[0])
      let kept = try read(own, folder, counting: &count)
      #expect(count == 1 && kept.readingNotices.count == 2, "\(kept.readingNotices)")
      let first = "the cache \(own.places[0]) is not used: it was made by version 0 of the program"
      #expect(kept.readingNotices.first == first)
      #expect(kept.readingNotices.last?.contains(own.places[1]) == true)
      // The README, the help and the words of the program say so.
      #expect(DataCache.threshold == .seconds(5))
    }
  }

  @Test("whose description is damaged is made again") func mended() throws {
    try inFolder { folder in
      var count = 0
      let own = try cache(folder)
      _ = try read(own, folder, counting: &count)
      try write([1], "\(own.places[0])/pack.json")
      let second = try read(own, folder, counting: &count)
      #expect(count == 2 && own.state(at: own.places[0]) == .fresh, "\(second.readingNotices)")
    }
  }

  @Test("lies in a person's folder where that of the data cannot be written") func fallback() throws
  {
    try inFolder { folder in
      let own = try cache(folder, fallback: "\(folder)/home")
      #expect(own.places.count == 2 && own.places[1].hasPrefix("\(folder)/home/my_shop-"))
      // Something of somebody's own stands in its way.
      try write([1], own.places[0])
      var count = 0
      _ = try read(own, folder, counting: &count)
      #expect(own.state(at: own.places[1]) == .fresh)
      _ = try read(own, folder, counting: &count)
      #expect(count == 1)
      #expect(DataCache.usualFallback(["HOME": "/h"]) == "/h/.cache/mtl-tui")
      #expect(DataCache.usualFallback(["HOME": "/h", "XDG_CACHE_HOME": "/c"]) == "/c/mtl-tui")
      #expect(DataCache.usualFallback(["XDG_CACHE_HOME": "c"]) == nil)
    }
  }
}
