import Runs

/// What is asked about the rows of the example view.
struct ExampleAsked: Sendable, Equatable {
  /// The order in which rows are looked through.
  var order = ExampleOrder.file
  /// How often rows were asked to be put in order anew.
  var sorting = 0
  /// The input that has another value.
  var change: InputChange?
  /// The expert that is left out.
  var without: Int?

  /// Whether the row is asked about as it is not.
  var isAltered: Bool { change != nil || without != nil }

  /// Asks about rows as they are.
  mutating func clear() { (change, without) = (nil, nil) }

  /// Adds what the engine must fill in for the row at a position.
  func add(to wanted: inout WantedViews, position: Int) {
    wanted.example = position
    wanted.exampleOrder = order
    wanted.exampleSorting = sorting
    wanted.exampleChange = change
    wanted.exampleWithout = without
  }
}

extension ExampleOrder {
  /// The order as it is chosen and typed.
  var words: String {
    switch self {
    case .file: "as in the data"
    case .loss(let task): "loss of \(task)"
    case .disagreement: "disagreement"
    case .column(let name): "column \(name)"
    }
  }
}
