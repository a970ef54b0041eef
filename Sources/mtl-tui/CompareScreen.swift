import Foundation
import Interface
import Runs
import Synchronization
import Tensors
import Terminal
import Training

/// `mtl-tui compare --screen`: the comparison in a thread of its own, and its table on the screen.
final class CompareScreen: Sendable {
  private let comparison: Comparison
  private let log: EventLog?
  private let news = Mutex([ComparisonLoop.News]())
  private let result = Mutex(Result<ComparisonTable, any Error>?.none)

  init(_ comparison: Comparison, log: EventLog?) {
    self.comparison = comparison
    self.log = log
  }

  /// Shows the comparison until a person leaves, then waits for the run that goes on to stop.
  ///
  /// - Returns: the table as it is at the end.
  func run() throws -> ComparisonTable {
    let terminal = try CursesTerminal(color: .auto, theme: nil)
    defer { terminal.close() }
    try start()
    let charset: Charset = terminal.showsUnicode ? .braille : .ascii
    var loop = ComparisonLoop(app: ComparisonApp(charset: charset), terminal: terminal) { [self] in
      news.withLock { queue in
        defer { queue = [] }
        return queue
      }
    }
    loop.run()
    terminal.close()
    comparison.stop()
    while true {
      if let result = result.withLock({ $0 }) { return try result.get() }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  private func start() throws {
    try EngineThread.start(named: "comparison") { [self] in
      let outcome = Result {
        try comparison.run { event in
          let said = log?.write(event).map { CompareEvent.notice($0) }
          news.withLock { $0 += [said, event].compactMap(\.self).map { .event($0) } }
        }
      }
      switch outcome {
      case .success(let table): news.withLock { $0.append(.ended(table, reason: nil)) }
      case .failure(let error):
        let words = "\(error)".split(separator: "\n").first.map(String.init) ?? ""
        news.withLock { $0.append(.ended(nil, reason: words)) }
      }
      result.withLock { $0 = outcome }
    }
  }
}
