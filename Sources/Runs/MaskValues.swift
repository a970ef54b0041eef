/// The masks of a system in a few numbers.
public struct MaskSummary: Sendable, Equatable, Codable {
  /// Which way a number goes.
  public enum Direction: Sendable, Hashable, Codable {
    case rising, falling, steady
  }

  /// One task's mask.
  public struct Task: Sendable, Equatable, Codable {
    /// The task's name.
    public var name: String
    /// The share of all masked weights that the task leaves out.
    public var sparsity: Double
    /// The same layer by layer.
    public var sparsityByLayer: [Double]
    /// The contrast's margin, negative minus positive loss of the task's newest turn; nil without a
    /// contrast, and before it has begun.
    public var margin: Double?
    /// Which way the margin goes; nil where it is not known yet.
    public var direction: Direction?

    /// Records one task's mask.
    public init(
      name: String, sparsity: Double, sparsityByLayer: [Double], margin: Double? = nil,
      direction: Direction? = nil
    ) {
      self.name = name
      self.sparsity = sparsity
      self.sparsityByLayer = sparsityByLayer
      self.margin = margin
      self.direction = direction
    }
  }

  /// A masked layer.
  public struct Layer: Sendable, Hashable, Codable {
    /// The name, `layer 0`.
    public var name: String
    /// Its units: rows of the map.
    public var rows: Int
    /// What it reads: columns of the map.
    public var columns: Int

    /// Names a layer.
    public init(name: String, rows: Int, columns: Int) {
      self.name = name
      self.rows = rows
      self.columns = columns
    }
  }

  /// The step of the masks.
  public var step: Int
  /// The masked layers, from the input upwards.
  public var layers: [Layer]
  /// By task.
  public var tasks: [Task]
  /// By two tasks, row after row: weights that both keep among those that either keeps.
  public var overlap: [Double]
  /// Weights that all tasks keep among those that any keeps.
  public var overlapOfAll: Double
  /// Whether the tasks are contrasted just now; nil for a system without a contrast.
  public var isContrasting: Bool?
  /// How the masks are found or used just now; nil where a run has only one phase.
  public var phase: TrainingPhase?

  /// Records masks in a few numbers.
  public init(
    step: Int, layers: [Layer], tasks: [Task], overlap: [Double], overlapOfAll: Double,
    isContrasting: Bool? = nil, phase: TrainingPhase? = nil
  ) {
    self.step = step
    self.layers = layers
    self.tasks = tasks
    self.overlap = overlap
    self.overlapOfAll = overlapOfAll
    self.isContrasting = isContrasting
    self.phase = phase
  }
}

/// A part of a layer's mask map: every weight of it is a cell.
public struct MaskWindow: Sendable, Hashable, Codable {
  /// The layer, from the input upwards.
  public var layer: Int
  /// The first row, a unit of the layer.
  public var row: Int
  /// The first column, an input of the layer.
  public var column: Int
  /// Rows.
  public var rows: Int
  /// Columns.
  public var columns: Int
  /// The task whose own mask is wanted besides, by number; nil: none.
  public var task: Int?

  /// Names a part of a map.
  public init(layer: Int, row: Int, column: Int, rows: Int, columns: Int, task: Int? = nil) {
    self.task = task
    self.layer = layer
    self.row = row
    self.column = column
    self.rows = rows
    self.columns = columns
  }
}

/// A part of a mask map as it is.
public struct MaskMap: Sendable, Equatable {
  /// Cells that a map holds at most.
  public static let mostCells = 1 << 17

  /// The part, cut to what there is.
  public var window: MaskWindow
  /// The step of the masks.
  public var step: Int
  /// The cells of the part by kind of weight; the counts of kinds are those of the whole layer.
  public var bitmap: ModelView.Bitmap
  /// By cell, whether the window's task keeps the weight, alone or with others; empty where the window
  /// names none.
  public var isKept: [Bool]

  /// Records a part of a map.
  public init(window: MaskWindow, step: Int, bitmap: ModelView.Bitmap, isKept: [Bool] = []) {
    self.isKept = isKept
    self.window = window
    self.step = step
    self.bitmap = bitmap
  }
}

/// One weight of a masked layer.
public struct MaskPlace: Sendable, Hashable, Codable {
  /// The layer, from the input upwards.
  public var layer: Int
  /// The row, a unit of the layer.
  public var row: Int
  /// The column, an input of the layer.
  public var column: Int

  /// Names a weight.
  public init(layer: Int, row: Int, column: Int) {
    self.layer = layer
    self.row = row
    self.column = column
  }
}

/// One weight of a masked layer with all that is known of it.
public struct MaskCell: Sendable, Equatable, Codable {
  /// Which weight.
  public var place: MaskPlace
  /// The step of the numbers.
  public var step: Int
  /// The weight itself.
  public var weight: Float
  /// By task, whether it keeps the weight.
  public var isKept: [Bool]
  /// By task, whether the sub-network that the task is contrasted with keeps it; empty without a
  /// contrast.
  public var isKeptByNegative: [Bool]
  /// By task, ∂ℓ/∂w of its loss over ``gradientRows``; 0 where the task leaves the weight out.
  public var gradients: [Float]
  /// The validation rows that gradients are of.
  public var gradientRows: Int
  /// The step of the parameters that gradients are of: ``step``, or one shortly before it while the run
  /// trains.
  public var gradientStep: Int

  /// Records what is known of a weight.
  public init(
    place: MaskPlace, step: Int, weight: Float, isKept: [Bool], isKeptByNegative: [Bool],
    gradients: [Float], gradientRows: Int,
    gradientStep: Int
  ) {
    self.gradientStep = gradientStep
    self.place = place
    self.step = step
    self.weight = weight
    self.isKept = isKept
    self.isKeptByNegative = isKeptByNegative
    self.gradients = gradients
    self.gradientRows = gradientRows
  }
}
