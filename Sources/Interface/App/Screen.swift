import Runs
import Terminal

/// One of the explorer's screens, as a value: its words, its keys, what it wants from the engine,
/// what a key does to it, and how it is drawn.
///
/// What only this screen knows (the selected part, a scroll, a mode) is stored in it. What all screens
/// share lies on the ``Desk``. A screen is added by one file, and one line in `Screens.swift`.
protocol Screen: Sendable {
  /// The word in the row of tabs and in help; in lower case it is also a typed command.
  var title: String { get }

  /// The word in the row of tabs where there is little room.
  var shortTitle: String { get }

  /// Whether there is nothing to show before the data are read.
  var needsData: Bool { get }

  /// Whether the system that runs has nothing for this screen: then its tab is dimmed.
  func isEmpty(_ desk: Desk) -> Bool

  /// Whether it has a tab; its key leads to it all the same.
  func isListed(_ desk: Desk) -> Bool

  /// The keys of all screens that hold here, too.
  var keyGroups: Set<KeyGroup> { get }

  /// What can be done here, in the order of help; hints, help, keys and typed commands follow from it.
  static var actions: [ScreenAction<Self>] { get }

  /// The names of the actions in the row of hints, by weight; those of every screen are ``Hints/always``.
  func hints(_ desk: Desk) -> [String]

  /// The views that the engine fills in while this screen is shown.
  func wants(_ desk: Desk) -> WantedViews

  /// What is drawn here, in the order of help: signs and what they mean, in at most 9 and 26 columns.
  func legend(_ desk: Desk) -> [HelpPanel.Sign]

  /// What the list of this screen is filtered by, empty for nothing; nil where no list is shown.
  func filter(_ desk: Desk) -> String?

  /// Lists only what contains a text, in upper or lower case; all for an empty one.
  mutating func setFilter(_ text: String, _ desk: inout Desk)

  /// What can be named only here, by kind.
  func names(_ desk: Desk) -> [NameKind: [String]]

  /// The task that Space means here; nil for the one that is selected everywhere.
  func task(_ desk: Desk) -> String?

  /// Takes a key before the table of actions is asked; nil if it is not this screen's.
  mutating func handle(_ key: Key, _ desk: inout Desk) -> [Effect]?

  /// Moves the selection, or makes a part large.
  mutating func move(_ move: Move, _ desk: inout Desk) throws(CommandLineError) -> [Effect]

  /// Takes what the mouse did somewhere in the screen's part of the canvas.
  mutating func take(
    _ mouse: Mouse, in body: Rect, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect]

  /// Takes in what happened around it.
  mutating func take(_ news: ScreenNews, _ desk: inout Desk)

  /// The run that is shown before it starts; nil for none.
  func preview(_ desk: Desk) -> StartRequest?

  /// What has the focus, as files: a table, or a chart as a picture, as text and as numbers.
  func files(_ desk: Desk) -> [ExportedFile]

  /// The charts that it draws there, and where, so that those that stay the same need not be drawn
  /// again; one that is left out is drawn in every frame.
  func charts(_ desk: Desk, in body: Rect) -> [PlacedChart]

  /// Draws the screen into the part of the canvas between tabs and hints.
  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas)
}

/// Where a key that moves leads.
enum Move: Sendable, Equatable {
  /// So many lines, up if negative.
  case down(Int)
  /// So many columns, left if negative.
  case right(Int)
  /// To the last line, or to the row whose number was typed before the key.
  case bottom(row: Int?)
  /// To the next part of the screen, or to the one before.
  case pane(Int)
  /// The selected part gets the whole screen, or gives it back.
  case large
  /// Back from what is large or open.
  case back

  /// The lines that are gone down, for screens without an own end.
  var lines: Int? {
    switch self {
    case .down(let lines): lines
    case .bottom: 1_000_000
    case .right, .pane, .large, .back: nil
    }
  }
}

/// What a screen is told.
enum ScreenNews: Sendable, Equatable {
  /// It was asked for, by its digit or name.
  case shown
  /// Another run has begun in place of the one before.
  case began(StartRequest)
  /// A run that was kept is shown among those of the session, under this number.
  case opened(run: Int)
  /// What is known of the user and item that are explained has come.
  case explained
  /// No other run was started, for this reason, line by line.
  case refused([String])
}

extension Screen {
  var shortTitle: String { title }
  var needsData: Bool { true }
  func isEmpty(_ desk: Desk) -> Bool { false }
  func isListed(_ desk: Desk) -> Bool { true }
  var keyGroups: Set<KeyGroup> { [] }
  static var actions: [ScreenAction<Self>] { [] }
  func hints(_ desk: Desk) -> [String] {
    Self.actions.filter { $0.hint != nil && !$0.keys.isEmpty }.map(\.name) + Hints.always
  }
  func wants(_ desk: Desk) -> WantedViews { WantedViews() }
  func legend(_ desk: Desk) -> [HelpPanel.Sign] { [] }
  func filter(_ desk: Desk) -> String? { nil }
  mutating func setFilter(_ text: String, _ desk: inout Desk) {}
  func names(_ desk: Desk) -> [NameKind: [String]] { [:] }
  func task(_ desk: Desk) -> String? { nil }
  mutating func handle(_ key: Key, _ desk: inout Desk) -> [Effect]? { nil }
  mutating func move(_ move: Move, _ desk: inout Desk) throws(CommandLineError) -> [Effect] { [] }
  mutating func take(_ news: ScreenNews, _ desk: inout Desk) {}
  func files(_ desk: Desk) -> [ExportedFile] { [] }
  func preview(_ desk: Desk) -> StartRequest? { nil }
  func charts(_ desk: Desk, in body: Rect) -> [PlacedChart] { [] }

  /// The word that is typed to show the screen.
  var name: String { title.lowercased() }
}
