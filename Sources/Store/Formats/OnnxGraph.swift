public import Tensors

/// A computation as a file of ONNX, put together node by node (github.com/onnx/onnx, onnx.proto3).
public struct OnnxGraph: Sendable {
  /// The set of operators that the nodes are of, and the version of the file's form.
  public static let opset = 17
  static let formatVersion = 8

  /// What the elements of a value are, by ONNX's numbers.
  public enum Element: Int, Sendable {
    case float32 = 1
    case int64 = 7
    case float64 = 11
  }

  /// An extent of an input or output: known, or named.
  public enum Extent: Sendable, Hashable {
    case fixed(Int)
    case named(String)
  }

  /// A choice of a node.
  public enum Attribute: Sendable {
    case integer(String, Int)
    case integers(String, [Int])
    case float(String, Float)
  }

  /// An input or an output.
  public struct Port: Sendable {
    /// Its name.
    public let name: String
    /// Its elements.
    public let element: Element
    /// Its extents.
    public let shape: [Extent]
    /// What it means, in words.
    public let meaning: String
  }

  /// The inputs so far.
  public private(set) var inputs: [Port] = []
  /// The outputs so far.
  public private(set) var outputs: [Port] = []
  private var nodes: [ProtobufMessage] = []
  private var initialisers: [ProtobufMessage] = []
  private var names: Set<String> = []
  /// Those of the names that the next output of that name has.
  private var reserved: Set<String> = []

  /// An empty graph.
  public init() {}

  /// The name, or the first with a number behind it that nothing has.
  public mutating func free(_ name: String) -> String {
    var candidate = name
    var number = 2
    while !names.insert(candidate).inserted {
      candidate = "\(name)_\(number)"
      number += 1
    }
    return candidate
  }

  /// Keeps names for outputs that come later, so that no input takes them.
  public mutating func reserve(_ outputs: [String]) {
    for name in outputs where names.insert(name).inserted { reserved.insert(name) }
  }

  /// Declares an input, and returns its name.
  public mutating func input(
    _ name: String, _ element: Element, _ shape: [Extent], meaning: String
  ) -> String {
    let port = Port(name: free(name), element: element, shape: shape, meaning: meaning)
    inputs.append(port)
    return port.name
  }

  /// Makes a value an output under a name of its own, and returns that.
  @discardableResult public mutating func output(
    _ value: String, as name: String, _ shape: [Extent], meaning: String
  ) -> String {
    let own = reserved.remove(name) ?? free(name)
    let port = Port(name: own, element: .float32, shape: shape, meaning: meaning)
    nodes.append(Self.node("Identity", [value], [port.name], []))
    outputs.append(port)
    return port.name
  }

  /// Numbers that are part of the file; returns their name.
  public mutating func constant(
    _ name: String, _ element: Element, _ shape: [Int], _ content: Archive.Content
  ) -> String {
    let name = free(name)
    var tensor = ProtobufMessage()
    tensor.integers(1, shape)
    tensor.integer(2, element.rawValue)
    tensor.text(8, name)
    tensor.bytes(9, content)
    initialisers.append(tensor)
    return name
  }

  /// Numbers that are part of the file; returns their name.
  public mutating func constant<Number: OnnxNumber>(
    _ name: String, _ numbers: [Number], _ shape: [Int]
  ) -> String {
    constant(name, Number.element, shape, .owned(numbers.withUnsafeBytes { Array($0) }))
  }

  /// Adds a node of one output, and returns the output's name.
  public mutating func node(
    _ type: String, _ inputs: [String], _ attributes: [Attribute] = []
  ) -> String {
    let output = free(type.lowercased())
    nodes.append(Self.node(type, inputs, [output], attributes))
    return output
  }

  private static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [Attribute]
  ) -> ProtobufMessage {
    var node = ProtobufMessage()
    for input in inputs { node.text(1, input) }
    for output in outputs { node.text(2, output) }
    node.text(3, outputs[0])
    node.text(4, type)
    for attribute in attributes { node.message(5, attribute.message) }
    return node
  }

  /// The whole file.
  ///
  /// - Parameters:
  ///   - name: what the graph is called.
  ///   - version: the version of this program.
  ///   - meaning: what the file is, in words.
  ///   - facts: what else there is to say, by key.
  /// - Returns: the file's bytes.
  public func model(
    name: String, version: String, meaning: String, facts: [String: String] = [:]
  ) -> ProtobufMessage {
    var graph = ProtobufMessage()
    for node in nodes { graph.message(1, node) }
    graph.text(2, name)
    for initialiser in initialisers { graph.message(5, initialiser) }
    for input in inputs { graph.message(11, input.message) }
    for output in outputs { graph.message(12, output.message) }
    var operators = ProtobufMessage()
    operators.text(1, "")
    operators.integer(2, Self.opset)
    var model = ProtobufMessage()
    model.integer(1, Self.formatVersion)
    model.text(2, "mtl-tui")
    model.text(3, version)
    model.text(6, meaning)
    model.message(7, graph)
    model.message(8, operators)
    for (key, value) in facts.sorted(by: { $0.key < $1.key }) {
      var fact = ProtobufMessage()
      fact.text(1, key)
      fact.text(2, value)
      model.message(14, fact)
    }
    return model
  }
}

/// A number that a constant of an ``OnnxGraph`` may have.
public protocol OnnxNumber: BitwiseCopyable {
  /// What it is.
  static var element: OnnxGraph.Element { get }
}

extension Float: OnnxNumber {
  /// 32 bits.
  public static var element: OnnxGraph.Element { .float32 }
}

extension Double: OnnxNumber {
  /// 64 bits.
  public static var element: OnnxGraph.Element { .float64 }
}

extension Int: OnnxNumber {
  /// 64 bits.
  public static var element: OnnxGraph.Element { .int64 }
}

extension OnnxGraph.Attribute {
  fileprivate var message: ProtobufMessage {
    var message = ProtobufMessage()
    switch self {
    case .integer(let name, let value):
      message.text(1, name)
      message.integer(3, value)
      message.integer(20, 2)
    case .integers(let name, let values):
      message.text(1, name)
      message.integers(8, values)
      message.integer(20, 7)
    case .float(let name, let value):
      message.text(1, name)
      message.float(2, value)
      message.integer(20, 1)
    }
    return message
  }
}

extension OnnxGraph.Port {
  fileprivate var message: ProtobufMessage {
    var extents = ProtobufMessage()
    for extent in shape {
      var dimension = ProtobufMessage()
      switch extent {
      case .fixed(let count): dimension.integer(1, count)
      case .named(let name): dimension.text(2, name)
      }
      extents.message(1, dimension)
    }
    var tensor = ProtobufMessage()
    tensor.integer(1, element.rawValue)
    tensor.message(2, extents)
    var type = ProtobufMessage()
    type.message(1, tensor)
    var port = ProtobufMessage()
    port.text(1, name)
    port.message(2, type)
    port.text(3, meaning)
    return port
  }
}
