// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tests.Secrets;

public sealed class ProtobufReaderTests
{
    [Theory]
    [InlineData("00", "0 is not a tag")]
    [InlineData("8080808010", "4294967296 is not a tag")]
    [InlineData("0B", "field 1 has the unsupported wire type 3")]
    [InlineData("0C", "field 1 has the unsupported wire type 4")]
    [InlineData("0E", "field 1 has the unsupported wire type 6")]
    [InlineData("0F", "field 1 has the unsupported wire type 7")]
    [InlineData("80", "it ends in the middle of a field")]
    [InlineData("08", "it ends in the middle of a field")]
    [InlineData("08FFFFFFFFFFFFFFFFFFFF01", "a number after field 1 has more than 10 bytes")]
    [InlineData("09000000", "it ends in the middle of a field")]
    [InlineData("0D000000", "it ends in the middle of a field")]
    [InlineData("0A0500", "it ends in the middle of a field")]
    [InlineData("0A8080808010", "it ends in the middle of a field")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01", "it ends in the middle of a field")]
    public void A_broken_rule_is_reported(string hex, string problem)
    {
        var reader = Reader(hex);
        Assert.Equal(problem, Assert.Throws<ProtobufException>(() => SkipAll(reader)).Message);
    }

    [Theory]
    [InlineData("0A020801", "")]
    [InlineData("0A020A01", "it ends in the middle of a field")]
    [InlineData("0A0209FFFFFFFFFFFFFFFF", "it ends in the middle of a field")]
    [InlineData("0A020DFFFFFFFF", "it ends in the middle of a field")]
    [InlineData("0A0108FF01", "it ends in the middle of a field")]
    public void A_field_ends_within_its_message(string hex, string problem)
    {
        var reader = Reader(hex);
        Assert.True(reader.NextField());
        var outerEnd = reader.EnterMessage();
        if (problem.Length > 0)
        {
            Assert.Equal(problem, Assert.Throws<ProtobufException>(() => SkipAll(reader)).Message);
            return;
        }

        SkipAll(reader);
        reader.LeaveMessage(outerEnd);
        Assert.False(reader.NextField());
    }

    [Fact]
    public void A_number_is_not_read_as_bytes_or_as_a_message()
    {
        foreach (
            var read in (Action<ProtobufReader>[])
                [reader => reader.TryReadBytes(9, out _), reader => reader.EnterMessage()]
        )
        {
            var reader = Reader("0801");
            Assert.True(reader.NextField());
            Assert.Equal(
                "field 1 has wire type 0 instead of 2",
                Assert.Throws<ProtobufException>(() => read(reader)).Message
            );
        }
    }

    [Fact]
    public void A_value_that_is_longer_than_wanted_is_skipped_without_being_kept()
    {
        const int Length = 64 * 1024 * 1024;
        using var stream = new Repeated([0x0A, 0x80, 0x80, 0x80, 0x20], Length, [0x10, 0x01]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new ProtobufReader(stream, long.MaxValue);
        Assert.True(reader.NextField());
        Assert.False(reader.TryReadBytes(Length - 1, out _));
        Assert.True(reader.NextField());
        Assert.Equal(2, reader.Field);
        reader.Skip();
        Assert.False(reader.NextField());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(3, false)]
    public void No_more_than_the_budget_is_read(int budget, bool isEnough)
    {
        var reader = new ProtobufReader(new MemoryStream([0x08, 0x01, 0x10, 0x01]), budget);
        if (isEnough)
        {
            SkipAll(reader);
            Assert.Equal(4, reader.BytesRead);
        }
        else
        {
            Assert.Throws<ByteBudgetException>(() => SkipAll(reader));
        }
    }

    private static ProtobufReader Reader(string hex) =>
        new(new MemoryStream(Convert.FromHexString(hex)), long.MaxValue);

    private static void SkipAll(ProtobufReader reader)
    {
        while (reader.NextField())
        {
            reader.Skip();
        }
    }

    /// <summary>A head, many zeros and a tail.</summary>
    private sealed class Repeated(byte[] head, int zeros, byte[] tail) : MemoryStream
    {
        private int position;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = 0;
            for (; read < count && position < head.Length + zeros + tail.Length; read++, position++)
            {
                buffer[offset + read] =
                    position < head.Length ? head[position]
                    : position < head.Length + zeros ? (byte)0
                    : tail[position - head.Length - zeros];
            }

            return read;
        }
    }
}
