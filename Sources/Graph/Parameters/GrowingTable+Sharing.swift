import Tensors

// MARK: - Rows that several processes share

extension GrowingTable {
  /// Keeps the rows of a share from here on, in the order in which they lie, and forgets all others.
  public func share(among share: RowShare) {
    dropGuests()
    self.share = share
    if !share.isWhole, marks.count == 0 {
      marks = Storage(reserving: vocabulary)
    }
    var kept = 0
    for slot in 0..<count {
      let id = Int(ids.base[slot])
      guard share.keeps(id) else {
        slots.base[id] = 0
        continue
      }
      if kept < slot {
        (values.base + kept * width).update(from: values.base + slot * width, count: width)
        for companion in companions {
          companion.row(kept).copyMemory(from: UnsafeRawBufferPointer(companion.row(slot)))
        }
        ids.base[kept] = Int32(id)
        slots.base[id] = Int32(kept + 1)
      }
      kept += 1
    }
    if kept < count { isSettled = false }
    count = kept
  }

  /// Makes room for the row of an id that another process keeps, until guests are dropped.
  ///
  /// - Returns: false where there is room already.
  func addGuest(_ id: Int) -> Bool {
    guard slots.base[id] == 0 else { return false }
    let slot = count + guests
    ids.base[slot] = Int32(id)
    guests += 1
    slots.base[id] = Int32(slot + 1)
    return true
  }

  /// Puts the numbers of another process into the room of a guest.
  func setGuest(_ id: Int, to numbers: UnsafePointer<Float>) {
    (values.base + (Int(slots.base[id]) - 1) * width).update(from: numbers, count: width)
  }

  /// Begins a list of rows, in which there are none.
  func beginList() {
    mark &+= 1
    guard mark == .max else { return }
    marks.base.update(repeating: 0, count: marks.count)
    mark = 1
  }

  /// Whether the row of an id, which is here, is not in the list yet: it is from now on.
  @inline(__always) func isNewInList(_ id: Int) -> Bool {
    let slot = Int(slots.base[id]) - 1
    guard marks.base[slot] != mark else { return false }
    marks.base[slot] = mark
    return true
  }

  /// Forgets the rows of others.
  public func dropGuests() {
    for slot in count..<(count + guests) { slots.base[Int(ids.base[slot])] = 0 }
    guests = 0
  }

  /// Where rows lie that this process alone keeps.
  package var ownedSlots: [Int] {
    (0..<count).filter { share.owner(of: Int(ids.base[$0])) != nil }
  }

  /// Bytes of a row and all that lies beside it, its id first.
  package var recordBytes: Int {
    companions.reduce(MemoryLayout<Int32>.stride + 4 * width) { $0 + $1.first.count }
  }

  /// Copies a row, by where it lies, and all that lies beside it.
  package func write(row slot: Int, to record: UnsafeMutableRawPointer) {
    record.copyMemory(from: ids.base + slot, byteCount: 4)
    var end = record + 4
    end.copyMemory(from: values.base + slot * width, byteCount: 4 * width)
    end += 4 * width
    for companion in companions {
      let row = companion.row(slot)
      UnsafeMutableRawBufferPointer(start: end, count: row.count)
        .copyMemory(from: UnsafeRawBufferPointer(row))
      end += row.count
    }
  }

  /// Admits the row of such a copy, and all that lies beside it.
  package func read(_ record: UnsafeRawPointer) {
    let id = Int(record.loadUnaligned(as: Int32.self))
    admit(id)
    let slot = Int(slots.base[id]) - 1
    var end = record + 4
    UnsafeMutableRawPointer(values.base + slot * width)
      .copyMemory(from: end, byteCount: 4 * width)
    end += 4 * width
    for companion in companions {
      let row = companion.row(slot)
      row.copyMemory(from: UnsafeRawBufferPointer(start: end, count: row.count))
      end += row.count
    }
  }
}
