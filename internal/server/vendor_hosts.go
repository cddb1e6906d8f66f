package server

import "slices"

// VendorHosts are the default host names of the vendors' official clients, for programs
// whose hosts are hard-coded. There is no wildcard: it would cover every product of a
// vendor (docs/spec/alibaba-cloud.md#hosts-of-the-vendor).
var VendorHosts = slices.Concat(dingtalkHosts, alibabaHosts,
	perRegion("sts.", slices.Concat(vpcRegions, publicRegions)), perRegion("sts-vpc.", vpcRegions))

// dingtalkHosts are those of docs/spec/dingtalk.md#host-names-of-dingtalk.
var dingtalkHosts = []string{
	"oapi.dingtalk.com", "oapi.dingtalk.io", "api.dingtalk.com", "api.dingtalk.io",
	"login.dingtalk.com", "login.dingtalk.io",
	"wss-open-connection.dingtalk.com", "wss-open-connection-union.dingtalk.com", // streams of events
	"eco.taobao.com", "gw.api.taobao.com", "api.taobao.com", // TOP
}

var alibabaHosts = []string{
	"resourcedirectory.aliyuncs.com", "resourcedirectory-intl.aliyuncs.com", // CLI, Terraform
	"resourcedirectorymaster.aliyuncs.com", // SDKs of 2022-04-19
	"resourcemanager.aliyuncs.com",         // SDKs of 2020-03-31, Terraform
	"resource-manager.aliyuncs.com",        // samples of older pages
	"resourcedirectory.vpc-proxy.aliyuncs.com", "resourcemanager.vpc-proxy.aliyuncs.com",
	"sts.aliyuncs.com",
}

// vpcRegions have a second endpoint, for callers in the vendor's own network.
var vpcRegions = []string{
	"cn-qingdao", "cn-beijing", "cn-zhangjiakou", "cn-huhehaote", "cn-wulanchabu", "cn-hangzhou", "cn-shanghai",
	"cn-nanjing", "cn-fuzhou", "cn-shenzhen", "cn-heyuan", "cn-guangzhou", "cn-chengdu", "cn-hongkong", "cn-wuhan-lr",
	"cn-shenzhen-finance-1", "cn-shanghai-finance-1", "cn-beijing-finance-1", "cn-north-2-gov-1",
	"ap-southeast-1", "ap-southeast-3", "ap-southeast-5", "ap-southeast-7", "ap-northeast-1", "ap-northeast-2",
	"us-west-1", "us-east-1", "na-south-1", "eu-west-1", "eu-central-1", "me-east-1", "me-central-1",
}

var publicRegions = []string{"ap-southeast-2", "ap-southeast-6", "ap-south-1"}

func perRegion(product string, regions []string) (hosts []string) {
	for _, region := range regions {
		hosts = append(hosts, product+region+".aliyuncs.com")
	}
	return hosts
}
