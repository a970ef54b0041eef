import Foundation
import Interface
import Terminal
import Testing

@testable import mtl_tui

@Suite("Configuration") struct ConfigFileTests {
  @Test("every key is read, in any order")
  func whole() throws {
    let text = """
      # mine
      theme: tritanopia
      mouse: off
      charset: block
      fps: 4
      pace: 0
      keys:
        pause: F5
        "full screen": Z
      """
    let config = try ConfigFile.config(text, path: "c.yaml")
    var expected = ExplorerConfig()
    expected.theme = .tritanopia
    expected.mouse = false
    expected.charset = .block
    expected.fps = 4
    expected.pace = 0
    expected.keys = [
      .init(action: "pause", chord: "F5", line: 8),
      .init(action: "full screen", chord: "Z", line: 9),
    ]
    #expect(config == expected)
    #expect(KeyBinding.firstFault(in: config.bindings) == nil)
    #expect(try ConfigFile.config("", path: "c") == ExplorerConfig())
    #expect(try ConfigFile.config("theme: auto", path: "c").theme == nil)
  }

  @Test(
    "what is wrong is said with its line",
    arguments: [
      ("theme: dark\nthem: dark", 2, "unknown key 'them'.", "did you mean 'theme'?"),
      ("\ntheme: ligth", 2, "'theme' must be one of dark, light", "did you mean 'light'?"),
      ("charset: dots", 1, "'charset' must be one of braille, block, ascii", "charset: …"),
      ("fps: 61", 1, "'fps' must be a number from 1 to 60", "found: 61"),
      ("fps: 0.9", 1, "'fps' must be a number from 1 to 60", "found: 0.9"),
      ("fps: fast", 1, "'fps' must be", "found: fast"),
      ("pace: -1", 1, "'pace' must be 0, or", "found: -1"),
      ("mouse: maybe", 1, "'mouse' must be on or off", "found: maybe"),
      ("theme: [a, b]", 1, "'theme' must be", "found: a list or more keys"),
      ("fps: 1\n\nfps: 2", 1, "not valid YAML", "named twice"),
      ("- a\n- b", 1, "must be keys with values", "theme: light"),
      ("a: [", 2, "not valid YAML", "theme: light"),
      ("keys: F5", 1, "'keys' must be names of actions", "found: F5"),
      ("keys:\n  pause:", 2, "'pause' must be a key", "found: nothing"),
    ])
  func faults(text: String, line: Int, sentence: String, part: String) {
    do {
      _ = try ConfigFile.config(text, path: "/x/c.yaml")
      Issue.record("it was read")
    } catch {
      #expect(error.description.hasPrefix("/x/c.yaml:\(line): "), "\(error)")
      #expect(error.description.contains(sentence), "\(error)")
      #expect(error.description.contains(part), "\(error)")
    }
  }

  @Test("nothing of the file reaches the terminal raw")
  func harmless() {
    do {
      _ = try ConfigFile.config("\"a\\e[2J\": 1", path: "c")
      Issue.record("it was read")
    } catch {
      #expect(!error.description.contains("\u{1B}"))
    }
  }

  @Test("the place follows the XDG specification")
  func place() {
    #expect(
      ConfigFile(environment: ["XDG_CONFIG_HOME": "/c", "HOME": "/h"]).path
        == "/c/mtl-tui/config.yaml")
    #expect(
      ConfigFile(environment: ["XDG_CONFIG_HOME": "", "HOME": "/h"]).path
        == "/h/.config/mtl-tui/config.yaml")
    #expect(
      ConfigFile(environment: ["XDG_CONFIG_HOME": "c", "HOME": "/h"]).path
        == "/h/.config/mtl-tui/config.yaml")
    #expect(ConfigFile(environment: [:]).path == nil)
    #expect(throws: Never.self) { try ConfigFile(environment: [:]).read() }
  }

  @Test("flags win over the file")
  func flags() throws {
    var config = ExplorerConfig()
    config.theme = .light
    config.fps = 4
    config.mouse = false
    config.charset = .ascii
    let none = try ScreenOptions.parse([])
    #expect(none.merged(with: config) == config)
    let all = try ScreenOptions.parse([
      "--theme", "mono", "--fps", "7", "--mouse", "on", "--charset", "block", "--pace", "3",
    ])
    let merged = all.merged(with: config)
    #expect(merged.theme == .mono && merged.fps == 7 && merged.mouse == true)
    #expect(merged.charset == .block && merged.pace == 3)
    #expect(try ScreenOptions.parse(["--theme", "auto"]).merged(with: config).theme == nil)
    #expect(throws: (any Error).self) { try ScreenOptions.parse(["--theme", "ligth"]) }
  }

  @Test("the Linux console gets blocks, unless something else was chosen")
  func charsets() {
    var config = ExplorerConfig()
    #expect(config.charset(showsUnicode: true, terminal: "linux") == .block)
    #expect(config.charset(showsUnicode: true, terminal: "xterm-256color") == .braille)
    #expect(config.charset(showsUnicode: false, terminal: "linux") == .ascii)
    config.charset = .braille
    #expect(config.charset(showsUnicode: true, terminal: "linux") == .braille)
  }

  @Test("what is kept is read again, and nothing of others is written over")
  func keeping() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/keep-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = ConfigFile(environment: ["XDG_CONFIG_HOME": folder])
    let path = try #require(file.path)
    #expect(try file.read() == ExplorerConfig())
    #expect(try file.keep(theme: "light", mouse: false) == path)
    #expect(try file.read().theme == .light && file.read().mouse == false)
    _ = try file.keep(theme: "auto", mouse: true)
    #expect(try file.read().theme == nil && file.read().mouse == true)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/mtl-tui")
    #expect(names == ["config.yaml"], "nothing is left beside it")
    for text in ["theme: dark\n", ConfigFile.mark + "\ntheme: dark\nfps: 4\n", ""] {
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      #expect(throws: ConfigError.self) { try file.keep(theme: "light", mouse: true) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
    // A link, as dotfiles have it, is somebody's own.
    try FileManager.default.removeItem(atPath: path)
    let target = folder + "/mine.yaml"
    try (ConfigFile.mark + "\n").write(toFile: target, atomically: false, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    #expect(throws: ConfigError.self) { try file.keep(theme: "light", mouse: true) }
    #expect(try String(contentsOfFile: target, encoding: .utf8) == ConfigFile.mark + "\n")
  }

  @Test("a pipe or a flood is no configuration")
  func noFile() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/pipe-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = ConfigFile(environment: ["XDG_CONFIG_HOME": folder])
    let path = try #require(file.path)
    try FileManager.default.createDirectory(
      atPath: folder + "/mtl-tui", withIntermediateDirectories: true)
    mkfifo(path, 0o600)
    #expect(throws: ConfigError.self) { try file.read() }
    unlink(path)
    try String(repeating: "#", count: 70_000).write(
      toFile: path, atomically: false, encoding: .utf8)
    #expect(throws: ConfigError.self) { try file.read() }
  }
}
