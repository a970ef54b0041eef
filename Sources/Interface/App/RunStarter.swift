public import Runs

/// How another run is started from the explorer.
public struct RunStarter {
  /// Asks for the run that was started: nil until the one before has ended.
  ///
  /// It throws where that run came to nothing: then the one before goes on.
  public typealias Arrival = () throws -> (any TrainingLink)?

  /// What can be started on the data of a run.
  public let models: (RunDescription) -> [ModelDescription]
  /// Tells the run before to end and returns at once; if it throws, the run before goes on.
  public let start: (StartRequest) throws -> Arrival

  /// What a run would be that is asked for; nil where that is not known.
  public let preview: (StartRequest) -> StartPreview?
  /// Begins to read other data for a model, named second, and returns at once; if it throws, nothing
  /// was begun.
  public let open: (String, String) throws -> Arrival
  /// Looks for other data without reading their rows; throws if they cannot be opened.
  public let find: (String) throws -> Void
  /// What the beginning of a name of data may become.
  public let files: (String) -> [String]

  /// Names them.
  public init(
    models: @escaping (RunDescription) -> [ModelDescription],
    start: @escaping (StartRequest) throws -> Arrival,
    preview: @escaping (StartRequest) -> StartPreview? = { _ in nil },
    open: @escaping (String, String) throws -> Arrival = { _, _ in throw NoOtherData()
    },
    find: @escaping (String) throws -> Void = { _ in },
    files: @escaping (String) -> [String] = { _ in [] }
  ) {
    self.models = models
    self.start = start
    self.preview = preview
    self.open = open
    self.find = find
    self.files = files
  }

  /// Where a starter reads no other data.
  public struct NoOtherData: Error, CustomStringConvertible {
    /// Nothing more is to be said.
    public init() {}

    /// In words.
    public var description: String { "other data than these cannot be opened here" }
  }
}
