/// A model as a person chooses it: what it is, what may be set, what it will show.
public struct ModelDescription: Sendable, Hashable, Codable {
  /// One choice, with its default as text.
  public struct Option: Sendable, Hashable, Codable {
    /// The name, `experts`.
    public var name: String
    /// The default, as it would be written.
    public var defaultValue: String
    /// What it means.
    public var summary: String

    /// Names a choice.
    public init(name: String, defaultValue: String, summary: String) {
      self.name = name
      self.defaultValue = defaultValue
      self.summary = summary
    }
  }

  /// The name in the registry, `mmoe`.
  public var name: String
  /// The name as its paper writes it, `MMoE`.
  public var title: String
  /// The paper, or what it is.
  public var paper: String
  /// One line.
  public var summary: String
  /// What may be set.
  public var options: [Option]
  /// What may be set about its run: the seed, the learning rate and the like.
  public var settings: [Option]
  /// What there will be to look at, a few words each.
  public var shows: [String]
  /// Why these data do not fit, in a line; nil if they do, or if that is not known yet.
  public var unfit: String?

  /// Describes a model.
  public init(
    name: String, title: String, paper: String, summary: String, options: [Option] = [],
    shows: [String] = [], unfit: String? = nil, settings: [Option] = []
  ) {
    self.name = name
    self.title = title
    self.paper = paper
    self.summary = summary
    self.options = options
    self.shows = shows
    self.unfit = unfit
    self.settings = settings
  }

  /// All that may be set: the model's options, then the run's settings.
  public var choices: [Option] { options + settings }
}
