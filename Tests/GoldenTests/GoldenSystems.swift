import Datasets
import Layers
import Models
import TestSupport

/// The systems that are built, by the name that golden cases give them: a case of one of these
/// never skips.
enum GoldenSystems {
  typealias Build = @Sendable (GoldenNode, GoldenSetting, Builder) throws -> any MultiTaskModel

  static let built = [sharing, lottery, interactions, funnel, mixtures].reduce(into: [:]) {
    all, some in
    all.merge(some) { first, _ in first }
  }

  private static let sharing: [String: Build] = [
    "single_task": { config, setting, builder in
      var configuration = SingleTask.Configuration()
      configuration.bottomSizes = try config["bottom"].integers
      configuration.towerSizes = try config["tower"].integers
      return SingleTask(
        configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "hard_sharing": { config, setting, builder in
      var configuration = HardSharing.Configuration()
      configuration.bottomSizes = try config["bottom"].integers
      configuration.towerSizes = try config["tower"].integers
      return HardSharing(
        configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "omoe": { config, setting, builder in
      OMoE(
        try mixture(config), input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "mmoe": { config, setting, builder in
      MMoE(
        try mixture(config), input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "cross_stitch": { config, setting, builder in
      var configuration = CrossStitch.Configuration()
      configuration.columnSizes = try config["columns"].integers
      configuration.towerSizes = try config["tower"].integers
      configuration.isPerUnit = try config["per_unit"].flag
      configuration.rateFactor = 1
      return CrossStitch(
        configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "ple": { config, setting, builder in
      var configuration = PLE.Configuration()
      configuration.ownCounts = try config["own"].integers
      configuration.sharedCount = Int(try config["shared"].number)
      configuration.levelSizes = try config["levels"].list.map { try $0.integers }
      configuration.towerSizes = try config["tower"].integers
      configuration.gamma = try config["gamma"].numbers
      return PLE(
        configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "esmm": { config, setting, builder in
      var configuration = ESMM.Configuration()
      configuration.towerSizes = try config["tower"].integers
      configuration.separatesEmbeddings = try config["embeddings"].text == "separate"
      return ESMM(configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
  ]

  private static func mixture(_ config: GoldenNode) throws -> MMoE.Configuration {
    var configuration = MMoE.Configuration()
    configuration.expertCount = Int(try config["experts"].number)
    configuration.expertSizes = try config["expert"].integers
    configuration.towerSizes = try config["tower"].integers
    return configuration
  }
}

/// The schema of a case as a model wants it.
struct GoldenSetting {
  let input: InputSpecification
  let tasks: [TaskDefinition]

  init(_ schema: GoldenNode, _ config: GoldenNode) throws {
    var fields = try schema["fields"].list.map {
      CategoricalField(name: try $0["name"].text, vocabulary: Int(try $0["vocabulary"].number))
    }
    var widths = try schema["fields"].list.map { Int(try $0["dimension"].number) }
    if config.has("positions") {
      // Position 0 is the missing one.
      fields += [
        CategoricalField(name: "position", vocabulary: try config["positions"].integer + 1),
        CategoricalField(name: "device", vocabulary: try config["devices"].integer),
      ]
      widths += [1, 1]
    }
    let dense = (0..<Int(try schema["dense"].number)).map {
      DenseFeature(column: "d\($0)", form: .indicator)
    }
    input = InputSpecification(FeatureSchema(fields: fields, dense: dense), widths: widths)
    tasks = try schema["tasks"].list.map {
      TaskDefinition(
        name: try $0["name"].text,
        kind: try $0["kind"].text == "binary" ? .binary : .regression)
    }
  }
}
