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

  @Test("is also a temporary file that a killed program left; one of another name is not")
  func scratches() throws {
    try withFolder { folder in
      let scratch = ".mtl-tui-scratch-\(Self.number)"
      #expect(scratchPath(in: "f").count == "f/\(scratch)".count)
      try make(folder, [scratch: [1]])
      try PackedFixture.all[0].load().pack(to: folder)
      #expect(try names(folder).filter { $0.contains("scratch") } == [])
      #expect(try PackContents.remove(from: folder))
      try make(folder, [scratch: [1]])
      #expect(try PackContents.remove(from: folder))
      #expect(!FileManager.default.fileExists(atPath: folder))
      let foreign = [scratch + "0", String(scratch.dropLast()) + "x"]
      try make(folder, [foreign[0]: [1], foreign[1]: [2]])
      #expect(throws: PackError.remaining(folder: folder, names: foreign.sorted())) {
        try PackContents.remove(from: folder)
      }
      #expect(throws: PackError.notOurs(folder: folder)) {
        try PackedFixture.all[0].load().pack(to: folder)
      }
      #expect(try names(folder) == foreign.sorted())
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

  @Test("is not a lock of somebody's own") func foreignLock() throws {
    try withFolder { folder in
      try write([1], folder + "/.lock")
      #expect(throws: PackError.remaining(folder: folder, names: [".lock"])) {
        try PackContents.remove(from: folder)
      }
      #expect(throws: PackError.notOurs(folder: folder)) { try PackWriter.check(folder) }
      #expect(try names(folder) == [".lock"])
      try write([], folder + "/.lock")
      try PackWriter.check(folder)
      #expect(try !PackContents.remove(from: folder))
      #expect(!FileManager.default.fileExists(atPath: folder))
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

  // MARK: - Read by others

  /// The permissions of all that lies in a folder but the lock and the note of what was checked.
  private func permissions(_ folder: String) throws -> [String: Int] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
    let some = paths.filter { !$0.hasSuffix(PackLock.name) && !$0.hasSuffix(PackStamp.fileName) }
    return try Dictionary(
      uniqueKeysWithValues: some.map { path in
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
        return (path, try #require(attributes[.posixPermissions] as? NSNumber).intValue)
      })
  }

  @Test("of private data is private in a cache") func privacy() throws {
    let fixture = PackedFixture.all[0]
    let schema = try DatasetSchema(yaml: fixture.yaml, path: "s.yaml")
    for mode in [0o644, 0o640, 0o600] {
      try withFolder { folder in
        try write(Array(PackedFixture.csv(rows: 50).utf8), folder + "/t.csv")
        try FileManager.default.setAttributes(
          [.posixPermissions: mode], ofItemAtPath: folder + "/t.csv")
        let cache = DataCache(of: schema, in: folder, program: "1", fallback: folder + "/home")
        func keep() throws {
          _ = try cache.dataset(threads: 1, threshold: .zero, progress: { _, _ in }) {
            try fixture.load()
          }
        }
        try keep()
        let beside = try permissions(cache.places[0])
        // As the process' umask has it, where everybody may read the data.
        let open = Int(try SystemFile(creating: folder + "/open").permissions()) & 0o044
        let allowed = mode == 0o644 ? open : 0
        #expect(beside.count > 5)
        #expect(beside.values.allSatisfy { $0 & 0o066 == allowed }, "\(beside)")
        #expect(try cache.clear() == [cache.places[0]])
        // A person's own folder, whatever the data's mode.
        try write([1], cache.places[0])
        try keep()
        let own = try permissions(cache.places[1])
        #expect(own.count > 5 && own.values.allSatisfy { $0 & 0o077 == 0 }, "\(own)")
      }
    }
  }

  @Test("is read by those whom the process' umask lets read its files") func umask() throws {
    #expect(folderPermissions(asFileOf: 0o644) == 0o755)
    #expect(folderPermissions(asFileOf: 0o640) == 0o750)
    #expect(folderPermissions(asFileOf: 0o600) == 0o700)
    try withFolder { folder in
      try PackWriter(to: folder, threads: 1, isPrivate: true).write(
        PackedFixture.all[0].load(), from: .test)
      let all = try permissions(folder)
      for (path, mode) in all {
        #expect(mode == (path.hasPrefix("rows-") && !path.contains("/") ? 0o700 : 0o600), "\(path)")
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
