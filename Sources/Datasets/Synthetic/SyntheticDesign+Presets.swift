extension SyntheticPreset {
  /// The laws of a log of this size.
  var design: SyntheticDesign { self == .sample ? .sample : .general }
}

extension SyntheticDesign {
  /// Every task mixes the experts in one way for all rows, and watch time counts little.
  static let general = SyntheticDesign(
    laws: [
      SyntheticTaskLaw(.all([0.70, 0.50, 0.30, 0.40]), scale: 1.3, bias: -1.3),  // click
      SyntheticTaskLaw(.all([0.40, 0.35, 0.75, 0.10]), scale: 1.3, bias: -1.7),  // cart
      SyntheticTaskLaw(.all([0.25, 0.40, 0.85, -0.15]), scale: 1.3, bias: -0.9),  // purchase
      SyntheticTaskLaw(.all([0.75, 0.05, -0.40, 0.50]), scale: 1.0, bias: -2.9),  // like
      SyntheticTaskLaw(.all([0.45, -0.35, -0.40, 0.70]), scale: 1.2, bias: -4.8),  // share
      SyntheticTaskLaw(.all([0.40, 0.70, -0.20, 0.50]), scale: 0.6, bias: -0.6),  // watch
    ],
    randomShare: 0.1, secondDeviceShare: 0.3, positionSlope: 0.9, splitEnds: (0.8, 0.9),
    watchWeight: 1, declaresRandomOrder: false)

  /// A log in which there is something to see within a minute.
  ///
  /// - `like` goes by freshness on a phone and against the price on a tablet: its gate must look at
  ///   the device.
  /// - `cart` goes by the price for new users, by freshness for casual ones, and against the price
  ///   for heavy ones: its gate must look at the segment.
  /// - `watch` is noisy, counts on clicks alone and weighs four times as much, so that it takes the
  ///   shared embeddings and experts for itself: `like`, and less so `cart` and `purchase`, learn
  ///   better without it.
  /// - Every task has several hundred positives in the test rows.
  /// - There are four experts to be found.
  static let sample = SyntheticDesign(
    laws: [
      SyntheticTaskLaw(.all([0.70, 0.50, 0.30, 0.40]), scale: 1.5, bias: -0.6),  // click
      SyntheticTaskLaw(
        .bySegment([[0.1, 0.1, 1.0, 0.0], [0.1, 0.1, 0.1, 1.0], [0.1, 0.1, -1.0, 0.0]]),
        scale: 3.0, bias: -0.5),  // cart
      SyntheticTaskLaw(.all([0.25, 0.40, 0.85, -0.15]), scale: 2.0, bias: 0.3),  // purchase
      SyntheticTaskLaw(
        .byDevice([[0.1, 0.1, 0.1, 1.0], [0.1, 0.1, -1.0, -0.3]]), scale: 2.5, bias: -0.9),  // like
      SyntheticTaskLaw(.all([0.45, -0.35, -0.40, 0.70]), scale: 1.2, bias: -4.8),  // share
      SyntheticTaskLaw(.all([0.40, 0.70, -0.20, 0.50]), scale: 0.6, bias: -0.6),  // watch
    ],
    randomShare: 0.2, secondDeviceShare: 0.4, positionSlope: 0.6, splitEnds: (0.7, 0.85),
    watchWeight: 4, declaresRandomOrder: true)
}
