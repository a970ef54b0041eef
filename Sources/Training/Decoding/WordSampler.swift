import Foundation
import Tensors

/// Draws a word by its share, of all words that may be said or of the likeliest.
final class WordSampler {
  private let vocabulary: Int
  private let order: Storage<Int32>

  init(vocabulary: Int) {
    self.vocabulary = vocabulary
    order = Storage(count: vocabulary, filling: 0)
  }

  /// The word at a number from 0 to 1 of the shares softmax(z / temperature).
  ///
  /// With `top` or `mass` below 1 the shares are those of the likeliest words, likeliest first; of
  /// equal ones the lower word is the likelier. At a temperature of 0 the likeliest word.
  func word(
    _ z: UnsafePointer<Float>, temperature: Double, top: Int?, mass: Double?, at draw: Double
  ) -> Int {
    let first = likeliest(z)
    guard temperature > 0 else { return first }
    let (largest, scale) = (Double(z[first]), 1 / temperature)
    func share(_ word: Int) -> Double { exp((Double(z[word]) - largest) * scale) }
    var whole = 0.0
    for word in 0..<vocabulary where !SentenceSearch.isForbidden(word) { whole += share(word) }
    guard (mass ?? 1) < 1 || top != nil else {
      return pick(at: draw * whole, of: vocabulary, or: first, share) { $0 }
    }
    var count = fill()
    let all = count
    heapify(all, z)
    var (kept, sum) = (0, 0.0)
    while kept < min(top ?? all, all), kept == 0 || sum < (mass ?? 1) * whole {
      sum += share(popped(&count, z))
      kept += 1
    }
    // Popped words lie behind the heap, the likeliest last.
    return pick(at: draw * sum, of: kept, or: first, share) { Int(self.order[all - 1 - $0]) }
  }

  /// The first of some words whose share, with those before it, passes a number.
  private func pick(
    at target: Double, of count: Int, or first: Int, _ share: (Int) -> Double,
    _ word: (Int) -> Int
  ) -> Int {
    var (sum, last) = (0.0, first)
    for place in 0..<count {
      let one = word(place)
      guard !SentenceSearch.isForbidden(one) else { continue }
      sum += share(one)
      last = one
      if sum > target { return one }
    }
    return last
  }

  private func likeliest(_ z: UnsafePointer<Float>) -> Int {
    var best: Int?
    for word in 0..<vocabulary where !SentenceSearch.isForbidden(word) {
      if best.map({ z[word] > z[$0] }) ?? true { best = word }
    }
    return best ?? 0
  }
}

// MARK: - A heap of words, the likeliest at its top

extension WordSampler {
  /// Lists the words that may be said.
  private func fill() -> Int {
    var count = 0
    for word in 0..<vocabulary where !SentenceSearch.isForbidden(word) {
      order[count] = Int32(word)
      count += 1
    }
    return count
  }

  private func isLikelier(_ a: Int32, _ b: Int32, _ z: UnsafePointer<Float>) -> Bool {
    z[Int(a)] != z[Int(b)] ? z[Int(a)] > z[Int(b)] : a < b
  }

  private func heapify(_ count: Int, _ z: UnsafePointer<Float>) {
    for place in (0..<(count / 2)).reversed() { sink(place, count, z) }
  }

  /// The likeliest word of the heap, which leaves it and lies behind it from then on.
  private func popped(_ count: inout Int, _ z: UnsafePointer<Float>) -> Int {
    let word = order[0]
    count -= 1
    order[0] = order[count]
    order[count] = word
    sink(0, count, z)
    return Int(word)
  }

  private func sink(_ start: Int, _ count: Int, _ z: UnsafePointer<Float>) {
    var place = start
    while 2 * place + 1 < count {
      var child = 2 * place + 1
      if child + 1 < count, isLikelier(order[child + 1], order[child], z) { child += 1 }
      guard isLikelier(order[child], order[place], z) else { return }
      (order[child], order[place]) = (order[place], order[child])
      place = child
    }
  }
}
