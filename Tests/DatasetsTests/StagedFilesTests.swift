import Foundation
import Testing

@testable import Datasets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Writing files") struct StagedFilesTests {
  private func inDirectory(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "staged-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func entries(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test("one text: written with its seal, replaced while nobody changed it") func oneText() throws {
    try inDirectory { path in
      let file = path + "/deep/down/schema.yaml"
      try StagedFiles.write(sealed: "name: a", to: file, overwrite: false)
      let written = try text(file)
      #expect(written.hasPrefix("name: a\n# Written by mtl-tui and not changed since: checksum "))
      #expect(FileSeal.isIntact(at: file))
      try StagedFiles.write(sealed: "name: b", to: file, overwrite: false)
      #expect(try text(file).hasPrefix("name: b\n"))
      try (try text(file)).replacingOccurrences(of: "b", with: "c", options: [], range: nil)
        .write(toFile: file, atomically: false, encoding: .utf8)
      #expect(throws: WritingError.notOurs(path: file)) {
        try StagedFiles.write(sealed: "name: d", to: file, overwrite: false)
      }
      try StagedFiles.write(sealed: "name: d", to: file, overwrite: true)
      #expect(try text(file).hasPrefix("name: d\n"))
      #expect(try entries(path + "/deep/down") == ["schema.yaml"])
    }
  }

  @Test("a seal fits its text alone", arguments: FileSeal.allCases) func seals(seal: FileSeal) {
    let text = seal.sealing("{\n  \"a\": 1\n}\n")
    #expect(FileSeal.isIntact(Data(text.utf8)))
    for index in text.indices {
      var changed = text
      changed.replaceSubrange(index...index, with: text[index] == "x" ? "y" : "x")
      #expect(!FileSeal.isIntact(Data(changed.utf8)), "\(changed)")
    }
    for spoilt in [text + " ", String(text.dropLast()), "", "\n", " " + text] {
      #expect(!FileSeal.isIntact(Data(spoilt.utf8)))
    }
  }

  @Test("a JSON object with its seal is an object with one value more") func json() throws {
    let text = FileSeal.json.sealing("{\n  \"a\": 1\n}\n")
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(object?["a"] as? Int == 1 && (object?["seal"] as? String)?.count == 16)
  }

  @Test("links are not followed, neither to a file nor to nowhere") func links() throws {
    try inDirectory { path in
      let (target, file) = (path + "/target", path + "/schema.yaml")
      try "mine".write(toFile: target, atomically: false, encoding: .utf8)
      for aim in [target, path + "/nowhere"] {
        symlink(aim, file)
        #expect(throws: WritingError.notOurs(path: file)) {
          try StagedFiles.write(sealed: "name: a", to: file, overwrite: false)
        }
        try StagedFiles.write(sealed: "name: a", to: file, overwrite: true)
        #expect(try text(file).hasPrefix("name: a"))
        #expect(try text(target) == "mine")
        #expect(try entries(path) == ["schema.yaml", "target"])
        unlink(file)
      }
    }
  }

  @Test("a device is never replaced") func device() throws {
    try inDirectory { path in
      let pipe = path + "/pipe"
      mkfifo(pipe, 0o600)
      #expect(throws: WritingError.occupied(path: pipe)) {
        try StagedFiles.write(sealed: "name: a", to: pipe, overwrite: true)
      }
      let found = try entries(path)
      #expect(found == ["pipe"])
    }
  }

  @Test("a file that appears meanwhile is not replaced") func race() throws {
    try inDirectory { path in
      var files = try StagedFiles(["a", "b"], in: path, replacing: .only([]))
      try files.stage([1], as: "a")
      try files.stage([2], as: "b")
      try "mine".write(toFile: path + "/b", atomically: false, encoding: .utf8)
      #expect(throws: WritingError.notOurs(path: path + "/b")) { try files.publish() }
      #expect(try text(path + "/b") == "mine")
    }
    try inDirectory { path in
      // Let go unpublished, nothing remains.
      var files = try StagedFiles(["a"], in: path, replacing: .only([]))
      try files.stage([1], as: "a")
      #expect(try entries(path).count == 1)
      _ = consume files
      #expect(try entries(path).isEmpty)
    }
  }

  @Test(
    "what a killed program left is cleared; what a living one holds, and what is not ours, stays")
  func leftovers() throws {
    try inDirectory { path in
      func leave(_ name: String, mark: String, file: String = "a") throws {
        let folder = "\(path)/\(name)"
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: false)
        try mark.write(toFile: folder + "/owner", atomically: false, encoding: .utf8)
        try "big".write(toFile: folder + "/" + file, atomically: false, encoding: .utf8)
      }
      let mark = "files on their way, of mtl-tui\n"
      try leave(".mtl-tui-dead", mark: mark)
      try leave(".mtl-tui-other", mark: "somebody's own\n")
      try leave(".mtl-tui-young", mark: "")
      try leave(".other-dead", mark: mark)
      let living = try StagingFolder.make(in: path)
      let name = try #require(living.path.split(separator: "/").last.map(String.init))
      do {
        var files = try StagedFiles(["a"], in: path, replacing: .only([]))
        try files.stage([1], as: "a")
        try files.publish()
      }
      #expect(
        try entries(path)
          == [name, ".mtl-tui-other", ".mtl-tui-young", ".other-dead", "a"].sorted())
      _ = consume living
    }
  }

  @Test("names beside a file cannot be guessed, and nobody else may read what is on its way")
  func privacy() throws {
    try inDirectory { path in
      let folders = try (0..<2).map { _ in
        let folder = try StagingFolder.make(in: path)
        var status = stat()
        #expect(lstat(folder.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        return folder.path
      }
      #expect(folders[0] != folders[1])
      #expect(folders.allSatisfy { ($0.split(separator: "-").last ?? "").count == 16 })
    }
  }

  @Test("messages say what to do and are harmless") func messages() {
    #expect(
      WritingError.notAFolder(path: "out\u{1B}[2J").description == """
        out\\u{1B}[2J: cannot write into it.
          found: a file
          fix:   name a folder, or a path where none is yet
        """)
    #expect(
      WritingError.notWritable(path: "/out", reason: "Permission denied").description == """
        /out: cannot be written.
          found: Permission denied
          fix:   choose a folder you may write to, with room for the files
        """)
    #expect(
      WritingError.occupied(path: "/out/log.csv").description == """
        /out/log.csv: cannot be written.
          found: a folder or a device of that name
          fix:   move it away, or choose another folder
        """)
    #expect(
      WritingError.notOurs(path: "/out/log.csv").description == """
        /out/log.csv: is there already, and is not replaced.
          found: a file that mtl-tui did not write, or that was changed since
          fix:   choose another place, or replace it with --overwrite
        """)
  }
}
