// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.Tools.Agent;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>The values of <c>--listen</c>, which have the form that Kubernetes' programs use.</summary>
public sealed class AgentAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:9809", "127.0.0.1:9809")]
    [InlineData("0.0.0.0:9809", "0.0.0.0:9809")]
    [InlineData(":9809", "[::]:9809")]
    [InlineData("[::]:9809", "[::]:9809")]
    [InlineData("[::1]:9809", "[::1]:9809")]
    [InlineData("[2001:db8:0::1]:65535", "[2001:db8::1]:65535")]
    [InlineData("::1:9809", null)]
    [InlineData("::1", null)]
    [InlineData("::", null)]
    [InlineData(":", null)]
    [InlineData("[::1]", null)]
    [InlineData("[::1]:0", null)]
    [InlineData("[127.0.0.1]:9809", null)]
    [InlineData("[::1]:65536", null)]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.1:9809", null)]
    [InlineData("9809", null)]
    [InlineData("localhost:9809", null)]
    [InlineData("", null)]
    public async Task An_address_has_a_port_and_an_IPv6_address_has_brackets(string value, string? address)
    {
        Assert.Equal(address is null ? null : IPEndPoint.Parse(address), AgentOptions.ParseListen(value));
        var run = await InProcess.RunAsync("", "agent", "--listen", value, "--check-every", "0s");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            address is null,
            run.Stderr.Contains(
                "want an IP address and a port, such as \"127.0.0.1:9809\", \"[::1]:9809\" or \":9809\"",
                StringComparison.Ordinal
            )
        );
    }
}
