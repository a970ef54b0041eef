public import Datasets
import Graph
public import Layers

extension YouTube {
  /// Sizes, columns and rates of dropout.
  public struct Configuration: GatedConfiguration {
    /// Layers of the shared bottom.
    public var bottomSizes = [64]
    /// E.
    public var expertCount = 8
    /// Layers of an expert.
    public var expertSizes = [32]
    /// Hidden layers of a tower.
    public var towerSizes = [16]
    /// The tasks whose logit gets the position's bias; nil: all but those named after what a person
    /// thinks of an item once it is open (``satisfactionWords``).
    public var engagement: [String]?
    /// The column that says in which place a row was shown.
    public var position = ColumnChoice.auto
    /// The column that says on which device.
    public var device = ColumnChoice.auto
    /// The column that is 1 for traffic shown in random order: the bias is learned from it alone.
    public var random = ColumnChoice.auto
    /// `table` or `layers`.
    public var shallow = "table"
    /// The width of the shallow tower's embedding, if it has layers.
    public var shallowWidth = 8
    /// Its hidden layers, if it has some.
    public var shallowSizes = [8]
    /// What the learning rate is multiplied by for the table or the embedding.
    public var shallowRate = 5.0
    /// The share of rows that train without their position.
    public var positionDropout = 0.1
    /// What experts read: `hidden` or `input`.
    public var expertInput = "hidden"
    /// What gates read: `hidden` or `input`.
    public var gateInput = "hidden"
    /// Temperature, dropout and load balance.
    public var gate = {
      var gate = GateOptions()
      gate.dropout = 0.1
      return gate
    }()

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("bottom", .sizes(\.bottomSizes), "layers of the shared bottom"),
        ModelOption("experts", .count(\.expertCount), "how many experts"),
        ModelOption("expert", .sizes(\.expertSizes), "layers of an expert"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
        ModelOption(
          "engagement", .tasks(\.engagement),
          "tasks with a position bias; auto: all but likes, shares, ratings and their kind"),
        ModelOption(
          "position", .column(\.position), "the place in the list; auto: position, slot or rank"),
        ModelOption(
          "device", .column(\.device), "the device; auto: device, device_type or platform"),
        ModelOption(
          "random", .column(\.random),
          "1 where the order was random: the bias learns from there; auto: is_rand, is_random or random"
        ),
        ModelOption(
          "shallow", .word(\.shallow, of: ["table", "layers"]),
          "a number for each position × device, or layers on an embedding"),
        ModelOption("shallow-width", .count(\.shallowWidth), "numbers of that embedding"),
        ModelOption(
          "shallow-layers", .sizes(\.shallowSizes, orNone: true), "hidden layers behind it"),
        ModelOption(
          "shallow-rate", .number(\.shallowRate), "the learning rate's factor for the bias"),
        ModelOption(
          "position-dropout", .number(\.positionDropout, in: GateOptions.shares),
          "the share of rows that train without their position, as answers are given"),
        ModelOption(
          "expert-input", .word(\.expertInput, of: ["hidden", "input"]), "what experts read"),
        ModelOption(
          "gate-input", .word(\.gateInput, of: ["hidden", "input"]), "what gates read"),
      ] + gateOptions
    }

    /// Words in the names of tasks that say satisfaction: what the paper's examples (likes,
    /// dismissals, ratings, surveys) and their kin are called in logs.
    public static let satisfactionWords = [
      "like", "dismiss", "rating", "survey", "satisf", "share", "follow", "comment", "hate",
    ]

    /// Whether a task's logit gets the position's bias.
    func isEngagement(_ task: String) -> Bool {
      if let engagement { return engagement.contains(task) }
      return !Self.satisfactionWords.contains { task.lowercased().contains($0) }
    }

    /// How the shallow tower is made.
    var form: BiasTower.Form {
      shallow == "table" ? .table : .layers(width: shallowWidth, sizes: shallowSizes)
    }
  }

  /// Which fields are the position and the device.
  struct Columns: Sendable, Hashable {
    /// The position's field; nil: there is no shallow tower.
    var position: Int?
    /// The device's field; nil: position alone.
    var device: Int?

    /// The field and id of rows that were shown in random order; nil: the bias learns from all.
    var random: Random?

    /// A field and the id that says that the order was random.
    struct Random: Sendable, Hashable {
      var field: Int
      var id: Int
    }

    /// What the main network does not read.
    var all: Set<Int> { Set([position, device, random?.field].compactMap { $0 }) }

    /// What the shallow tower crosses; nil without a position.
    func fields(of schema: FeatureSchema) -> CrossedLookup.Fields? {
      position.map { position in
        CrossedLookup.Fields(
          first: position, second: device, firstCount: schema.fields[position].vocabulary,
          secondCount: device.map { schema.fields[$0].vocabulary } ?? 1)
      }
    }
  }
}

// MARK: - Which columns and tasks

extension YouTube.Configuration {
  static let positionNames = ["position", "slot", "rank"]
  static let randomNames = ["is_rand", "is_random", "random"]
  static let randomWords: Set = ["1", "true", "yes"]
  static let deviceNames = ["device", "device_type", "platform"]

  /// The fields of a schema that are meant.
  func columns(of schema: FeatureSchema) -> YouTube.Columns {
    let position = Self.field(position, usual: Self.positionNames, schema)
    let device = Self.field(device, usual: Self.deviceNames, schema)
    guard position != nil else { return YouTube.Columns() }
    return YouTube.Columns(position: position, device: device, random: random(in: schema))
  }

  /// The rows that were shown in random order, if a column says so.
  private func random(in schema: FeatureSchema) -> YouTube.Columns.Random? {
    guard let field = Self.field(random, usual: Self.randomNames, schema),
      let id = schema.fields[field].categories.firstIndex(where: {
        Self.randomWords.contains($0.lowercased())
      })
    else { return nil }
    return YouTube.Columns.Random(field: field, id: id)
  }

  private static func field(
    _ choice: ColumnChoice, usual: [String], _ schema: FeatureSchema
  ) -> Int? {
    switch choice {
    case .none: nil
    case .named(let name): schema.fields.firstIndex { $0.name == name }
    case .auto:
      usual.lazy.compactMap { name in
        schema.fields.firstIndex { $0.name.lowercased() == name }
      }.first
    }
  }
}

extension YouTube {
  /// The tasks that are named must be there.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    let known = tasks.map(\.name)
    for task in configuration.engagement ?? [] where !known.contains(task) {
      throw .badValue(
        model: name, option: "engagement", found: printable(task),
        expected: "auto or tasks of the data: "
          + known.map(printable).joined(separator: ", "))
    }
  }

  /// There must be a column for the position, unless it is said that there is none.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    let fields = input.schema.fields.map(\.name)
    for (option, choice) in [
      ("position", configuration.position), ("device", configuration.device),
      ("random", configuration.random),
    ] {
      guard case .named(let column) = choice, !fields.contains(column) else { continue }
      throw .badValue(
        model: name, option: option, found: printable(column),
        expected: "auto, none or a categorical column of the data: \(listed(fields))")
    }
    if case .named(let column) = configuration.random,
      configuration.columns(of: input.schema).position != nil,
      configuration.columns(of: input.schema).random == nil
    {
      throw .badValue(
        model: name, option: "random", found: printable(column),
        expected: "a column that is 1, true or yes in some rows")
    }
    let columns = configuration.columns(of: input.schema)
    for (option, field, others) in [
      ("device", columns.device, [columns.position]),
      ("random", columns.random?.field, [columns.position, columns.device]),
    ] {
      guard let field, others.contains(field) else { continue }
      throw .badValue(
        model: name, option: option, found: printable(fields[field]),
        expected: "a column that is not also the position or the device")
    }
    try checkSingleValues(columns, of: name, input.schema)
    guard case .auto = configuration.position, columns.position == nil else { return }
    throw .unfitData(
      model: name, needs: "a column that says in which place of a list a row was shown",
      found: "no categorical column named position, slot or rank among \(listed(fields))",
      fix: "name it with --set model.position=COLUMN, or do without with --set model.position=none")
  }

  /// A row has one position, one device and one order: none of them is a list.
  private static func checkSingleValues(
    _ columns: YouTube.Columns, of name: String, _ schema: FeatureSchema
  ) throws(ModelError) {
    for (option, field) in [
      ("position", columns.position), ("device", columns.device),
      ("random", columns.random?.field),
    ] {
      guard let field, schema.fields[field].list != nil else { continue }
      throw .badValue(
        model: name, option: option, found: printable(schema.fields[field].name),
        expected: "a column of single values; this one has lists")
    }
  }

  /// Some names, and how many more there are.
  private static func listed(_ names: [String]) -> String {
    let some = names.prefix(8).map(printable).joined(separator: ", ")
    return names.count > 8 ? "\(some) and \(names.count - 8) more" : some
  }
}
