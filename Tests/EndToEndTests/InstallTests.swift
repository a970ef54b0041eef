import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// `make install` of the program that was built for the tests, into a temporary folder.
  @Suite("Installing") struct InstallTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()

    private static let files = [
      "bin/mtl-tui", "share/man/man1/mtl-tui.1", "share/bash-completion/completions/mtl-tui",
      "share/zsh/site-functions/_mtl-tui", "share/fish/vendor_completions.d/mtl-tui.fish",
    ]

    private func make(_ words: [String]) throws -> CommandRun {
      try CommandRun(
        "/usr/bin/env", ["make", "-C", Self.root.path, "--no-print-directory"] + words)
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("install-\(UUID().uuidString)")
      defer { _ = try? FileManager.default.removeItem(at: folder) }
      try body(folder)
    }

    @Test("program, manual page and completions, and away again") func installs() throws {
      try withFolder { folder in
        let words = ["PROGRAM=\(Program.path)", "DESTDIR=\(folder.path)", "PREFIX=/opt/own"]
        let result = try make(["install"] + words)
        #expect(result.status == 0, "\(result.errors)")
        let prefix = folder.appendingPathComponent("opt/own")
        for file in Self.files {
          let path = prefix.appendingPathComponent(file)
          let size = try FileManager.default.attributesOfItem(atPath: path.path)[.size] as? Int
          #expect((size ?? 0) > 500, "\(file)")
          #expect(result.output.contains(path.path))
        }
        let program = prefix.appendingPathComponent("bin/mtl-tui").path
        #expect(try CommandRun(program, ["--version"]).status == 0)
        try expectManual(prefix.appendingPathComponent("share/man/man1/mtl-tui.1").path)
        let bash = prefix.appendingPathComponent("share/bash-completion/completions/mtl-tui")
        #expect(try CommandRun("/usr/bin/env", ["bash", "-n", bash.path]).status == 0)
        let removed = try make(["uninstall"] + words)
        #expect(removed.status == 0, "\(removed.errors)")
        for file in Self.files {
          #expect(
            !FileManager.default.fileExists(atPath: prefix.appendingPathComponent(file).path))
        }
      }
    }

    /// Rendered as a reader would see it, with every warning, where there is a renderer.
    private func expectManual(_ path: String) throws {
      let groff = try CommandRun(
        "/bin/sh",
        [
          "-c",
          "command -v groff >/dev/null || exit 99; groff -man -Tutf8 -K utf8 -ww -z '\(path)'",
        ])
      if groff.status == 99 {
        print("skipped: there is no groff here to render the manual page")
      } else {
        #expect(groff.status == 0 && groff.errors.isEmpty, "\(groff.errors)")
      }
    }

    @Test("a program that writes no manual page installs nothing") func refuses() throws {
      try withFolder { folder in
        let result = try make(["install", "PROGRAM=/bin/false", "PREFIX=\(folder.path)"])
        #expect(result.status != 0)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        let missing = try make(["install", "PROGRAM=/nowhere/program", "PREFIX=\(folder.path)"])
        #expect(missing.status != 0 && missing.errors.contains("no program there"))
      }
    }
  }
}
