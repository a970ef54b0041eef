import Runs

/// What may be set about a run in the explorer besides the model's own options: keys of a
/// configuration.
enum RunSetting: String, CaseIterable {
  case balancer, optimizer, seed, lr, batch, accumulate, epochs, patience, threads

  /// The setting as a person chooses it; its default is what a configuration has.
  func option(in configuration: RunConfiguration) -> ModelDescription.Option {
    ModelDescription.Option(
      name: rawValue, defaultValue: configuration[keyed: rawValue].last ?? "",
      summary: "run: " + summary)
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
    case .threads: "threads that train"
    }
  }
}
