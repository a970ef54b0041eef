import Runs
import Terminal

/// What the app wants done; it never acts itself.
public enum Effect: Sendable, Equatable {
  /// Send a command to the engine.
  case send(Command)
  /// Tell the engine what is shown just now.
  case show(WantedViews)
  /// Refuse a run that is asked for, before a person answers whether it may begin, if it cannot be.
  case check(StartRequest)
  /// The same for other data.
  case find(String)
  /// End the run and start another in its place.
  case start(StartRequest)
  /// Read other data and train on them, in place of the run.
  case open(String)
  /// List the runs that were kept.
  case listStored
  /// Look at a run that was kept.
  case openStored(StoredRun)
  /// Go on with a run that was kept, from a checkpoint or from its last one, in place of the run.
  case resume(StoredRun, from: Int?)
  /// Go on, as a branch, from the last checkpoint of the run at or before a step.
  case rewind(Int)
  /// Send the whole screen to the terminal anew.
  case redraw
  /// Draw in another theme.
  case use(Theme)
  /// Draw in the theme that fits the terminal's background.
  case useBackground
  /// Have the mouse, or leave it to the terminal.
  case useMouse(Bool)
  /// Put a text on the terminal's clipboard.
  case copy(String)
  /// Write files into a folder; none that is there is replaced.
  case write([ExportedFile], folder: String)
  /// Keep the choice of theme and mouse for the next time.
  case keep(theme: String, mouse: Bool)
  /// Keep the lines that were typed, oldest first, for the next time.
  case remember([String])
  /// Leave the explorer.
  case quit(ExitReason)
}

extension Effect {
  /// Whether it begins another run.
  var isBeginning: Bool {
    switch self {
    case .start, .open, .resume, .rewind: true
    default: false
    }
  }
}

/// Why the explorer ended.
public enum ExitReason: Sendable, Equatable {
  /// A person left; the run had ended before.
  case left
  /// A person left and a running session was told to stop; its results so far are still to come.
  case stopped
  /// The run could not go on: one message for a person, to be printed after the terminal is back.
  case failed(String)
}

/// What the app is told.
public enum Input: Sendable {
  /// A key was pressed.
  case key(Key)
  /// The screen has this size.
  case size(Size)
  /// Seconds that have passed since some fixed moment.
  case time(Double)
  /// The newest numbers.
  case snapshot(Snapshot)
  /// What happened, oldest first.
  case events([Event])
  /// Losses of new steps.
  case losses([LossBin])
  /// A command was sent and got this number.
  case sent(CommandTicket)
  /// What can be started on these data.
  case models([ModelDescription])
  /// The run has been told to end; another one takes its place once it has.
  case starting(StartRequest)
  /// Another run has begun in place of the one before.
  case began(StartRequest)
  /// Other data are being read; the run goes on until they are.
  case opening(String)
  /// A run on other data has begun in place of the one before.
  case opened(StartRequest)
  /// No other run was started, for this reason.
  case refused(String)
  /// What came of something that was to be done outside, such as copying.
  case told(String, isRefusal: Bool)
  /// The runs that were kept, the newest first.
  case stored([StoredRun])
  /// What was recorded of a run that was kept.
  case course(StoredRun, StoredCourse)
  /// A run that was kept goes on in place of the one before, with what was recorded of it until the
  /// checkpoint that it goes on from.
  case resumed(StoredRun, StoredCourse)
  /// What a run would be that is chosen; nil where that is not known.
  case previewed(StartRequest, StartPreview?)
  /// What the beginning of a name of data may become.
  case files(String, [String])
}
