package dev.freehold.backend.supabase.storage;

import java.util.zip.Checksum;

/// The checksum CRC-64/NVME, which Amazon's newer clients send by themselves: reflected, polynomial
/// `AD93D23594C93659`, begun and ended with all bits turned (NVM Express Command Set 1.0,
/// §5.2.1.3). Eight bytes a step, by eight tables.
final class Crc64Nvme implements Checksum {
  private static final long POLYNOMIAL = 0x9A6C9329AC4BC9B5L;
  private static final int STEP = 8;
  private static final long[][] TABLES = tables();

  private long rest = -1;

  private static long[][] tables() {
    var tables = new long[STEP][256];
    for (int i = 0; i < 256; i++) {
      long value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
      }
      tables[0][i] = value;
    }
    for (int table = 1; table < STEP; table++) {
      for (int i = 0; i < 256; i++) {
        long before = tables[table - 1][i];
        tables[table][i] = (before >>> 8) ^ tables[0][(int) before & 0xff];
      }
    }
    return tables;
  }

  @Override
  public void update(int one) {
    rest = (rest >>> 8) ^ TABLES[0][(int) (rest ^ one) & 0xff];
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    for (; end - at >= STEP; at += STEP) {
      long next = 0;
      for (int i = 0; i < STEP; i++) {
        int each = ((int) (rest >>> (8 * i)) ^ bytes[at + i]) & 0xff;
        next ^= TABLES[STEP - 1 - i][each];
      }
      rest = next;
    }
    for (; at < end; at++) {
      update(bytes[at]);
    }
  }

  @Override
  public long getValue() {
    return ~rest;
  }

  @Override
  public void reset() {
    rest = -1;
  }
}
