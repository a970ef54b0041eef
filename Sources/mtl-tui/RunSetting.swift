import Datasets
import Runs
import Training

/// What may be set about a run in the explorer besides the model's own options: keys of a
/// configuration, and how it uses the cores.
enum RunSetting: String, CaseIterable {
  case balancer, optimizer, seed, lr, batch, accumulate, epochs, patience, threads, pin

  /// The word for as many threads as steps gain from.
  static let measured = "auto"

  /// The setting as a person chooses it; its default is what a configuration has, or how runs use the
  /// cores.
  func option(
    in configuration: RunConfiguration, using threads: ThreadUse = ThreadUse()
  ) -> ModelDescription.Option {
    let usual: String? =
      switch self {
      case .threads where threads.isMeasured: Self.measured
      case .pin: threads.isPinned ? "yes" : "no"
      default: configuration[keyed: rawValue].last
      }
    return ModelDescription.Option(
      name: rawValue, defaultValue: usual ?? "", summary: "run: " + summary)
  }

  private var summary: String {
    switch self {
    case .balancer: "how the tasks' gradients are put together; mtl-tui balancers lists them"
    case .optimizer: OptimizerConfiguration.Rule.all.map(\.word).joined(separator: ", ")
    case .seed: "of every random draw"
    case .lr: "the learning rate"
    case .batch: "rows in a batch"
    case .accumulate: "batches whose gradients are summed before a step"
    case .epochs: "epochs at most"
    case .patience: "epochs without a better score before it ends; 0: never"
    case .threads: "threads that train; auto: as many as steps gain from, measured at the start"
    case .pin: "yes, no: whether each thread keeps to a core of its own"
    }
  }
}

extension ThreadUse {
  /// How a run that is asked for uses the cores, and what of the request is left for its configuration:
  /// `threads` where it is a number, and not `pin`.
  ///
  /// - Throws: ``Failure`` for a `pin` that is neither yes nor no.
  func asked(_ request: StartRequest) throws(Failure) -> (request: StartRequest, use: ThreadUse) {
    var (request, use) = (request, self)
    if let threads = request.settings[RunSetting.threads.rawValue] {
      use.isMeasured = threads == RunSetting.measured
      if use.isMeasured { request.settings[RunSetting.threads.rawValue] = nil }
    }
    switch request.settings.removeValue(forKey: RunSetting.pin.rawValue) {
    case nil: break
    case "yes": use.isPinned = true
    case "no": use.isPinned = false
    case .some(let value):
      throw Failure(
        message: """
          pin: a run cannot use this value.
            found: \(printable(value))
            fix:   give yes or no
          """)
    }
    return (request, use)
  }
}
