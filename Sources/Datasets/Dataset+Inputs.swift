extension Dataset {
  /// Placeholder.
  public func inputs(ofRow row: Int, in examples: Examples) -> [(name: String, value: String)] { [] }
}
