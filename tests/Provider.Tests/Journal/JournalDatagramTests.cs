// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.Tests.Journal;

public sealed class JournalDatagramTests
{
    [Fact]
    public void A_value_of_one_line_follows_an_equals_sign() => Assert.Equal("MESSAGE=a=b\n"u8, Of("a=b"));

    [Fact]
    public void A_value_with_a_newline_follows_its_length() =>
        Assert.Equal("MESSAGE\n\u0003\0\0\0\0\0\0\0a\nb\n"u8, Of("a\nb"));

    [Fact]
    public void A_long_value_is_cut_at_a_character()
    {
        var bytes = Of(new string('ä', 5000));
        Assert.InRange(bytes.Length, 2000, JournalDatagram.MaximumValueBytes + 16);
        Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void Fields_follow_each_other()
    {
        var datagram = new JournalDatagram();
        datagram.Add("A", new string('x', 3000));
        datagram.Clear();
        datagram.Add("A", "1");
        datagram.Add("B", "2");
        Assert.Equal("A=1\nB=2\n"u8, datagram.Bytes.Span);
    }

    private static byte[] Of(string value)
    {
        var datagram = new JournalDatagram();
        datagram.Add("MESSAGE", value);
        return datagram.Bytes.ToArray();
    }
}
