public import Runs
public import Terminal

/// Joins a comparison to a terminal until a person leaves.
public struct ComparisonLoop {
  /// What a comparison says: its events so far, and how it ended once it has.
  public enum News: Sendable {
    /// What happened.
    case event(CompareEvent)
    /// The comparison ended with this table, or with a reason for none.
    case ended(ComparisonTable?, reason: String?)
  }

  /// The comparison as it is shown.
  public private(set) var app: ComparisonApp
  private let terminal: any TerminalDevice
  private let drain: () -> [News]
  private var lastCanvas: Canvas?

  /// A loop over news that are taken from a queue.
  public init(
    app: ComparisonApp, terminal: any TerminalDevice, drain: @escaping () -> [News]
  ) {
    self.app = app
    self.terminal = terminal
    self.drain = drain
  }

  /// Runs until a person leaves; the terminal is not closed here.
  public mutating func run() {
    while !app.isLeft { turn() }
  }

  /// One turn: what is new, a frame if it differs, then a wait for a key.
  public mutating func turn() {
    for news in drain() {
      switch news {
      case .event(let event): app.take(event)
      case .ended(let table, let reason): app.end(table, reason)
      }
    }
    let canvas = app.view(terminal.size)
    if canvas != lastCanvas { terminal.show(canvas) }
    lastCanvas = canvas
    if let key = terminal.readKey(timeoutMilliseconds: 100) { app.handle(key) }
  }
}
