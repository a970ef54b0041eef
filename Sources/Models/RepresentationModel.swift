public import Graph
public import Layers

/// A model whose towers each read one vector of their task, so that other heads may read it too.
///
///     y_k = h_k(r_k(x))
public protocol RepresentationModel: MultiTaskModel {
  /// r_k(x), T × [B, H_k].
  func representations(_ pass: Forward) -> [Variable]

  /// h_k, one per task.
  var towers: [Tower] { get }
}

extension RepresentationModel {
  /// T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    zip(towers, representations(pass)).map { tower, r in tower(r) }
  }
}
