/// A wish for a run on the same data: the model, and what is set about it.
public struct StartRequest: Sendable, Hashable, Codable {
  /// The model's name in the registry.
  public var model: String
  /// Its choices by name; those left out have their defaults.
  public var options: [String: String]
  /// Whether the embeddings begin as the run before it left them.
  public var keepsEmbeddings: Bool
  /// How it is trained, by the names of ``ModelDescription/settings``; those left out have their
  /// defaults.
  public var settings: [String: String]

  /// Asks for a run.
  public init(
    model: String, options: [String: String] = [:], keepsEmbeddings: Bool = false,
    settings: [String: String] = [:]
  ) {
    self.model = model
    self.options = options
    self.keepsEmbeddings = keepsEmbeddings
    self.settings = settings
  }

  /// All that was chosen: the model's options and the run's settings, whose names differ.
  public var choices: [String: String] { options.merging(settings) { $1 } }
}
