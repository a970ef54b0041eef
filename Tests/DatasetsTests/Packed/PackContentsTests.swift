import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("What packing has made in a folder") struct PackContentsTests {
  private static let mark = Array("files on their way, of mtl-tui\n".utf8)
  private static let number = "0123456789abcdef"

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// Makes a folder with files in it.
  private func make(_ folder: String, _ files: [String: [UInt8]]) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, bytes) in files { try write(bytes, "\(folder)/\(name)") }
  }

  private func age(_ path: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: path)
  }

  // MARK: - Removed

  @Test("is removed whole; what is somebody's own stays and is named") func removed() throws {
    try withFolder { folder in
      try PackedFixture.all[0].load().pack(to: folder)
      try write([1], folder + "/mine.txt")
      #expect(throws: PackError.remaining(folder: folder, names: ["mine.txt"])) {
        try PackContents.remove(from: folder)
      }
      #expect(try names(folder) == [".lock", "mine.txt"])
      try FileManager.default.removeItem(atPath: folder + "/mine.txt")
      try PackedFixture.all[0].load().pack(to: folder)
      #expect(try PackContents.remove(from: folder))
      #expect(!FileManager.default.fileExists(atPath: folder))
      #expect(try !PackContents.remove(from: folder))
    }
  }

  @Test("is told from a description and rows of somebody's own, which are not touched")
  func foreign() throws {
    try withFolder { folder in
      let rows = "rows-\(Self.number)"
      try make("\(folder)/\(rows)", ["mine.txt": [1]])
      try age("\(folder)/\(rows)")
      try make(folder, ["pack.json": Array("{}".utf8), "mine.txt": [2]])
      let own = ["mine.txt", "pack.json", rows]
      #expect(throws: PackError.remaining(folder: folder, names: own)) {
        try PackContents.remove(from: folder)
      }
      #expect(throws: PackError.notOurs(folder: folder)) {
        try PackedFixture.all[0].load().pack(to: folder)
      }
      #expect(try names(folder) == own && names("\(folder)/\(rows)") == ["mine.txt"])
    }
  }

  @Test("is not removed while it is written") func writing() throws {
    try withFolder { folder in
      let staging = try StagingFolder.make(in: folder)
      let name = String(staging.path.split(separator: "/").last ?? "")
      #expect(throws: PackError.remaining(folder: folder, names: [name])) {
        try PackContents.remove(from: folder)
      }
      #expect(try names(folder) == [".lock", name])
      staging.close()
    }
  }

  @Test("is found and removed where a killed program left it, marked or old")
  func abandoned() throws {
    let folders: [(name: String, files: [String: [UInt8]], isOld: Bool)] = [
      (".mtl-tui-\(Self.number)", ["owner": Self.mark, "a": [1, 2, 3]], false),
      (".mtl-tui-\(Self.number)", ["a": [1, 2, 3]], true),
      ("rows-\(Self.number)", ["owner": Self.mark, "a": [1, 2, 3]], false),
    ]
    let schema = try DatasetSchema(
      yaml: PackedFixture.all[0].yaml, path: "s.yaml")
    for (name, files, isOld) in folders {
      try withFolder { folder in
        let cache = DataCache(of: schema, in: folder, program: "1", fallback: nil)
        let place = cache.places[0]
        #expect(cache.state(at: place) == .absent)
        try make("\(place)/\(name)", files)
        if isOld { try age("\(place)/\(name)") }
        let bytes = files.values.reduce(0) { $0 + $1.count }
        #expect(cache.state(at: place) == .left(bytes: bytes))
        #expect(try cache.clear() == [place] && names(folder) == [], "\(name)")
      }
    }
  }

  // MARK: - Replaced

  @Test("is replaced where its description is damaged, also beside a file of somebody's own")
  func damaged() throws {
    try withFolder { folder in
      let data = try PackedFixture.all[0].load()
      try data.pack(to: folder)
      try write([1], folder + "/mine.txt")
      let path = folder + "/pack.json"
      var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      bytes[bytes.count / 2] ^= 1
      try write(bytes, path)
      #expect(throws: PackError.self) { try PackedFolder(path: folder) }
      try data.pack(to: folder)
      #expect(try PackedFolder(path: folder).dataset().contents == data.contents)
      #expect(try names(folder).count == 4)
      #expect(try names(folder).contains("mine.txt"))
    }
  }

  @Test("is replaced where a killed program left it without a description") func halfMade() throws {
    try withFolder { folder in
      let data = try PackedFixture.all[0].load()
      try data.pack(to: folder)
      try FileManager.default.removeItem(atPath: folder + "/pack.json")
      try make("\(folder)/.mtl-tui-\(Self.number)", ["owner": Self.mark, "facts.json": [1]])
      try data.pack(to: folder)
      #expect(try PackedFolder(path: folder).dataset().contents == data.contents)
      let left = try names(folder)
      #expect(left.count == 3, "\(left)")
    }
  }

  @Test("leaves no rows where the description cannot be put into its place") func refused() throws {
    try withFolder { folder in
      let data = try PackedFixture.all[0].load()
      // Somebody comes in between.
      let writer = PackWriter(to: folder, threads: 1) { _, _ in
        try? FileManager.default.createDirectory(
          atPath: folder + "/pack.json", withIntermediateDirectories: true)
      }
      #expect(throws: PackError.self) { try writer.write(data, from: .test) }
      #expect(try names(folder) == [".lock", "pack.json"])
    }
  }
}
