import ArgumentParser
import Datasets
import Models
import Runs
import Training

/// What `bench` times instead of a workload: a model on the rows of a data set.
struct BenchDataOptions: ParsableArguments {
  @Option(
    help: """
      Time steps on the training rows of sample, a recipe such as census-income, or a schema \
      (.yaml) instead of a workload's.
      """, completion: ShellCompletion.data)
  var data: String?
  @Option(help: "The folder of the data's files.", completion: .directory) var path: String?
  @Option(
    help: "With --data: a model of `mtl-tui models`. (default: mmoe)",
    completion: ShellCompletion.models)
  var model: String?
  @Option(help: "With --data: width of every field's embedding.") var embedding: Int?
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: "With --data: a choice of the model, as in model.experts=4; repeatable.",
    completion: ShellCompletion.settings)
  var settings: [String] = []
  @OptionGroup var cache: CacheOptions

  func validate() throws {
    if let embedding { try TrainingOptions.check("--embedding", embedding, 1...1024) }
    _ = try options()
    guard data == nil else { return }
    for (option, isGiven) in [
      ("--path", path != nil), ("--model", model != nil), ("--embedding", embedding != nil),
      ("--set", !settings.isEmpty), ("--no-cache", cache.noCache),
    ] where isGiven {
      throw ValidationError("\(option) needs --data: a workload has its own network and shape.")
    }
  }

  /// Reads the data, nil without `--data`.
  ///
  /// - Throws: ``Failure`` for names that do not exist and for files that cannot be read.
  func benchmark(batch: Int, threads: Int, seconds: Double) throws -> StepBenchmark? {
    guard let data else { return nil }
    let configuration = try configuration(batch: batch, threads: threads)
    let choice = try DataChoice(data, path: path, threads: threads, usesCache: cache.isUsed)
    do {
      let dataset = try choice.readAloud()
      return StepBenchmark(configuration, on: dataset, seconds: seconds)
    } catch {
      throw Failure(message: "\(error)")
    }
  }

  /// The choices of the model by name.
  private func options() throws -> [String: String] {
    let choices = try RunOptions.choices(settings, families: ["model", "balancer"], keys: [])
    let models = choices.filter { $0.name.hasPrefix("model.") }
    return Dictionary(models.map { (String($0.name.dropFirst("model.".count)), $0.value) }) { $1 }
  }

  private func configuration(batch: Int, threads: Int) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    if let model { configuration.model = model }
    if let embedding { configuration.embeddingWidth = embedding }
    configuration.modelOptions = try options()
    if let data { configuration.data = DataSelection(data, folder: path).located() }
    configuration.batchSize = batch
    configuration.threads = threads
    do {
      try ModelRegistry.check(configuration.modelOptions, of: configuration.model)
    } catch {
      throw Failure(message: "\(error)")
    }
    return configuration
  }
}
