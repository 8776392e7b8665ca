// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Request;

namespace CrioCredentialProvider.Tests.Request;

public sealed class RequestReaderTests
{
    private const string Hint = "pass one CredentialProviderRequest, as the kubelet does";

    [Fact]
    public void A_request_that_comes_in_pieces_is_put_together()
    {
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        Assert.True(RequestReader.Read(new Pieces(bytes)).Span.SequenceEqual(bytes));
    }

    [Fact]
    public void A_request_that_is_too_large_ends_the_run_before_all_of_it_is_read()
    {
        var stdin = new MemoryStream(new byte[10 * RequestReader.MaximumBytes]);
        var e = Assert.Throws<ProviderException>(() => RequestReader.Read(stdin));
        Assert.Equal(
            (Reasons.RequestTooLarge, "the request on stdin is larger than 1048576 bytes", Hint),
            (e.Reason, e.Problem, e.Hint)
        );
        Assert.InRange(stdin.Position, RequestReader.MaximumBytes + 1, 2 * RequestReader.MaximumBytes);
    }

    public static TheoryData<Exception, string> Failures =>
        new()
        {
            { new IOException("Is a directory"), "Is a directory" },
            { new UnauthorizedAccessException("Permission denied"), "Permission denied" },
            { new IOException("outer", new IOException("inner\nline")), "inner?line" },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_stdin_that_cannot_be_read_is_named(Exception failure, string why)
    {
        var e = Assert.Throws<ProviderException>(() => RequestReader.Read(new Broken(failure)));
        Assert.Equal(
            (Reasons.RequestMalformed, $"the request on stdin cannot be read: {why}", Hint),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Fact]
    public void A_defect_is_not_taken_for_a_bad_stdin() =>
        Assert.Throws<InvalidOperationException>(() => RequestReader.Read(new Broken(new InvalidOperationException())));

    private sealed class Pieces(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 777)]);
    }

    private sealed class Broken(Exception failure) : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw failure;
    }
}
