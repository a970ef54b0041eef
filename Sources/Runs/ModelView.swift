/// Something that a model shows of its inner life, as plain values: a screen draws it without
/// knowing which system it comes from.
public struct ModelView: Sendable, Equatable, Codable {
  /// Where a view is shown.
  public enum Subject: String, Sendable, Hashable, CaseIterable, Codable {
    /// What a system has beyond its gates: stitches, attention, bias curves.
    case model
    /// Which weights serve which task.
    case masks
  }

  /// The numbers, in the form in which they are drawn.
  public enum Content: Sendable, Equatable, Codable {
    /// Numbers in rows and columns, drawn as a heat map with the numbers in its cells.
    case matrix(Matrix)
    /// A heat map over time: one row a name, one column a moment.
    case history(Matrix)
    /// One small cell an entry, each of a few kinds.
    case bitmap(Bitmap)
    /// Named lengths.
    case bars(Bars)
    /// Lines over a common axis.
    case curves(Curves)
    /// Texts in rows and columns.
    case table(Table)
    /// Texts to be read, one below another.
    case passages(Passages)
    /// Points over two axes.
    case scatter(Scatter)
  }

  /// A name that stays the same over a run, `stitches.0`.
  public var name: String
  /// The name for a person.
  public var title: String
  /// What to look for, in a sentence.
  public var note: String
  /// Where it is shown.
  public var subject: Subject
  /// The step of the parameters that were used.
  public var step: Int
  /// The numbers.
  public var content: Content

  /// Names something to show.
  public init(
    name: String, title: String, note: String, subject: Subject = .model, step: Int = 0,
    content: Content
  ) {
    self.name = name
    self.title = title
    self.note = note
    self.subject = subject
    self.step = step
    self.content = content
  }
}

extension ModelView {
  /// Numbers in rows and columns.
  public struct Matrix: Sendable, Equatable, Codable {
    /// What colours mean.
    public enum Scale: Sendable, Hashable, Codable {
      /// Shares from 0 to 1.
      case share
      /// Numbers of either sign, 0 in the middle.
      case diverging
      /// Numbers of 0 or more, the largest one darkest.
      case magnitude
    }

    /// By row.
    public var rows: [String]
    /// By column; in a history the step of each moment.
    public var columns: [String]
    /// Row after row; NaN where there is none.
    public var values: [Float]
    /// What colours mean.
    public var scale: Scale

    /// Records numbers in rows and columns.
    public init(rows: [String], columns: [String], values: [Float], scale: Scale) {
      self.rows = rows
      self.columns = columns
      self.values = values
      self.scale = scale
    }

    /// The number of a row and a column.
    public subscript(row: Int, column: Int) -> Float { values[row * columns.count + column] }
  }

  /// One small cell an entry.
  public struct Bitmap: Sendable, Equatable {
    /// A kind of entry; the place in ``kinds`` is its number.
    public struct Kind: Sendable, Hashable, Codable {
      /// The word for it: `shared`, `only income`, `dead`.
      public var name: String
      /// Which series colour stands for it; nil: it is drawn as nothing.
      public var series: Int?
      /// How many entries of the whole are of this kind, before any thinning.
      public var count: Int

      /// Names a kind of entry.
      public init(name: String, series: Int?, count: Int) {
        self.name = name
        self.series = series
        self.count = count
      }
    }

    /// Rows that are given.
    public var rows: Int
    /// Columns that are given.
    public var columns: Int
    /// The kind of each entry, row after row.
    public var cells: [UInt8]
    /// The kinds, in the order of the legend.
    public var kinds: [Kind]
    /// Rows and columns of the whole, where only every so manieth is given.
    public var whole: (rows: Int, columns: Int)

    /// Records entries of a few kinds.
    public init(
      rows: Int, columns: Int, cells: [UInt8], kinds: [Kind], whole: (rows: Int, columns: Int)
    ) {
      self.rows = rows
      self.columns = columns
      self.cells = cells
      self.kinds = kinds
      self.whole = whole
    }

    /// Equal entries, kinds and sizes.
    public static func == (a: Self, b: Self) -> Bool {
      a.rows == b.rows && a.columns == b.columns && a.cells == b.cells && a.kinds == b.kinds
        && a.whole == b.whole
    }
  }

  /// Named lengths.
  public struct Bars: Sendable, Equatable, Codable {
    /// One length.
    public struct Bar: Sendable, Equatable, Codable {
      /// The name.
      public var name: String
      /// The parts one behind another, by ``Bars/parts``.
      public var values: [Float]
      /// A mark to compare the sum with; nil for none.
      public var mark: Float?

      /// Records a length of one part or several.
      public init(name: String, values: [Float], mark: Float? = nil) {
        self.name = name
        self.values = values
        self.mark = mark
      }
    }

    /// The parts of a bar; one without a name if there is nothing to tell apart.
    public var parts: [String]
    /// The bars from top to bottom.
    public var bars: [Bar]
    /// The end of the scale; nil: the longest bar.
    public var most: Float?

    /// Records named lengths.
    public init(parts: [String] = [""], bars: [Bar], most: Float? = nil) {
      self.parts = parts
      self.bars = bars
      self.most = most
    }
  }

  /// Lines over a common axis.
  public struct Curves: Sendable, Equatable, Codable {
    /// One line.
    public struct Curve: Sendable, Equatable, Codable {
      /// The name.
      public var name: String
      /// Along the axis, rising.
      public var x: [Float]
      /// NaN for a gap.
      public var y: [Float]

      /// Records a line.
      public init(name: String, x: [Float], y: [Float]) {
        self.name = name
        self.x = x
        self.y = y
      }
    }

    /// What the axis means: `step`, `position`.
    public var axis: String
    /// The lines; the place of each is its colour.
    public var curves: [Curve]
    /// A level to compare with, and its name.
    public var level: Level?
    /// Whether the values are shares, which are drawn from 0.
    public var areShares: Bool
    /// Whether heights are on a logarithmic axis, where what is not above 0 has none.
    public var isLogarithmic: Bool {
      get { logarithmic ?? false }
      set { logarithmic = newValue ? true : nil }
    }
    // Optional, so that views of older files, which have no such key, are read.
    private var logarithmic: Bool?

    /// A level to compare with.
    public struct Level: Sendable, Equatable, Codable {
      /// The name.
      public var name: String
      /// The height.
      public var y: Float

      /// Names a height.
      public init(name: String, y: Float) {
        self.name = name
        self.y = y
      }
    }

    /// Records lines.
    public init(axis: String, curves: [Curve], level: Level? = nil, areShares: Bool = false) {
      self.axis = axis
      self.curves = curves
      self.level = level
      self.areShares = areShares
    }
  }

  /// Points over two axes.
  public struct Scatter: Sendable, Equatable, Codable {
    /// Points that are given at most.
    public static let mostPoints = 400

    /// One point.
    public struct Point: Sendable, Equatable, Codable {
      /// Along the first axis.
      public var x: Float
      /// Along the second axis.
      public var y: Float

      /// A point.
      public init(x: Float, y: Float) {
        self.x = x
        self.y = y
      }
    }

    /// What the first axis, to the right, means.
    public var x: String
    /// What the second axis, upwards, means.
    public var y: String
    /// The points, in no order.
    public var points: [Point]

    /// Records points.
    public init(x: String, y: String, points: [Point]) {
      self.x = x
      self.y = y
      self.points = points
    }

    /// Pearson's correlation of the points that are numbers; NaN where either does not vary.
    public var correlation: Double {
      let known = points.filter { $0.x.isFinite && $0.y.isFinite }
      let count = Double(known.count)
      guard count > 1 else { return .nan }
      let x = known.reduce(0) { $0 + Double($1.x) } / count
      let y = known.reduce(0) { $0 + Double($1.y) } / count
      var (xx, yy, xy) = (0.0, 0.0, 0.0)
      for point in known {
        let (a, b) = (Double(point.x) - x, Double(point.y) - y)
        (xx, yy, xy) = (xx + a * a, yy + b * b, xy + a * b)
      }
      return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : .nan
    }
  }

  /// Texts in rows and columns.
  public struct Table: Sendable, Equatable, Codable {
    /// The heads of the columns; the first column is text, the others are set to the right.
    public var columns: [String]
    /// The cells of each row.
    public var rows: [[String]]
    /// The row that holds just now, if one does.
    public var current: Int?

    /// Records texts in rows and columns.
    public init(columns: [String], rows: [[String]], current: Int? = nil) {
      self.columns = columns
      self.rows = rows
      self.current = current
    }
  }
}

extension ModelView {
  /// Texts to be read, each as long as it is.
  public struct Passages: Sendable, Equatable, Codable {
    /// One text.
    public struct Passage: Sendable, Equatable, Codable {
      /// What it is: `generated`, `review 3 of the item`.
      public var name: String
      /// The text, raw: a screen shows what can be seen of it.
      public var text: String
      /// Whether it is the one that counts among its neighbours: the chosen review.
      public var isMarked: Bool

      /// Names a text.
      public init(name: String, text: String, isMarked: Bool = false) {
        self.name = name
        self.text = text
        self.isMarked = isMarked
      }
    }

    /// The texts from top to bottom.
    public var passages: [Passage]

    /// Records texts.
    public init(_ passages: [Passage]) { self.passages = passages }
  }
}
