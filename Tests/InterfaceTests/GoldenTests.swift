import Foundation
import Runs
import Terminal
import Testing

@testable import Interface

/// Every screen in every state that looks different, as text files; `BLESS=1` writes them anew.
enum GoldenScreen: String, CaseIterable, Sendable {
  case dashboard, tasks, gates
}

enum Golden {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")
  static let isBlessing = ProcessInfo.processInfo.environment["BLESS"] == "1"

  /// Compares a text with the file of that name, or writes it.
  static func check(_ text: String, _ name: String, _ location: SourceLocation) {
    let file = folder.appendingPathComponent(name + ".txt")
    if isBlessing {
      do {
        try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
      } catch {
        Issue.record("cannot write \(file.path): \(error)", sourceLocation: location)
      }
      return
    }
    let known = try? String(contentsOf: file, encoding: .utf8)
    #expect(
      known == text + "\n", "\(name) looks different; BLESS=1 swift test writes it anew",
      sourceLocation: location)
  }
}

@Suite struct GoldenTests {
  @Test(
    arguments: GoldenScreen.allCases, [Size(rows: 24, columns: 80), Size(rows: 40, columns: 120)])
  func screens(_ screen: GoldenScreen, size: Size) {
    var app = Fixture.app()
    _ = app.update(.size(size))
    switch screen {
    case .dashboard: app.press("1")
    case .gates: app.press("2")
    case .tasks: app.press("5")
    }
    _ = app.update(.time(200))
    Golden.check(
      app.view(size).text, "\(screen.rawValue)_\(size.columns)x\(size.rows)", #_sourceLocation)
  }
}
