// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CrioCredentialProvider.Tools.ClusterApi;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class ApiReplyTests
{
    [Theory]
    [InlineData("{\"status\":{\"allowed\":true}}", "true")]
    [InlineData("{\"spec\":{\"status\":{\"allowed\":true}},\"status\":{\"reason\":[{}],\"allowed\":false}}", "false")]
    [InlineData("{\"status\":{\"allowed\":\"text\"}}", "text")]
    [InlineData("{\"status\":{\"inner\":{\"allowed\":true}}}", null)]
    [InlineData("{\"status\":{},\"allowed\":true}", null)]
    [InlineData("{\"status\":true}", null)]
    [InlineData("{\"status\":{\"allowed\":1}}", null)]
    [InlineData("{\"status\":{\"allowed\":\"\\ud800\"}}", null)]
    [InlineData("{\"\\ud800\":0,\"status\":{\"\\ud800\":\"text\"}}", null)]
    [InlineData("{\"status\":{\"allowed\":true,\"\\ud800\":0},\"\\ud800\":0}", "true")]
    [InlineData("{\"status\":{\"allow", null)]
    [InlineData("[{\"status\":{\"allowed\":true}}]", null)]
    [InlineData("<html>", null)]
    [InlineData("", null)]
    public void A_value_is_found_at_its_place_only(string json, string? value) =>
        Assert.Equal(value, new ApiReply(HttpStatusCode.OK, json, null, default, default).Find("status", "allowed"));
}
